"""Words for what else is noted at a door: the keys are those of `actions.at_door`, the values the
English sentences by which the catalogues know them."""

from typing import Final

PAY_BY: Final = {
    "transfer": "bank transfer",
    "app": "the lender's app",
    "deducted": "deducted from the account",
    "counter": "at the lender's counter",
    "third": "through a payment service",
}
REASONS: Final = {
    "no_money": "no money at present",
    "waits_for_income": "waits for wages or other income",
    "other_debts": "other debts first",
    "amount_unclear": "finds the amount unclear",
    "service": "unhappy with the lender",
    "no_reason": "gave no reason",
}
PAPERS: Final = {
    "medical": "medical papers",
    "dismissal": "notice of dismissal",
    "allowance": "certificate of social allowance",
    "disability": "disability card",
    "disaster": "papers on an accident or disaster",
    "family": "papers on the family's situation",
    "none": "nothing was shown",
}
CONSENT: Final = {"yes": "agreed to a recording", "no": "did not agree to a recording"}
DISCLOSED: Final = {False: "nothing disclosed", True: "something was disclosed"}

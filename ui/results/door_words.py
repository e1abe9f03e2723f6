"""Words for what else is noted at a door: ways to pay, reasons, papers, kinds of evidence."""

from ui.i18n import N_, _

PAY_BY = {
    "transfer": N_("bank transfer"),
    "app": N_("the lender's app"),
    "deducted": N_("deducted from the account"),
    "counter": N_("at the lender's counter"),
    "third": N_("through a payment service"),
}
REASONS = {
    "no_money": N_("no money at present"),
    "waits_for_income": N_("waits for wages or other income"),
    "other_debts": N_("other debts first"),
    "amount_unclear": N_("finds the amount unclear"),
    "service": N_("unhappy with the lender"),
    "no_reason": N_("gave no reason"),
}
PAPERS = {
    "medical": N_("medical papers"),
    "dismissal": N_("notice of dismissal"),
    "allowance": N_("certificate of social allowance"),
    "disability": N_("disability card"),
    "disaster": N_("papers on an accident or disaster"),
    "family": N_("papers on the family's situation"),
    "none": N_("nothing was shown"),
}
CONSENT = {"yes": N_("agreed to a recording"), "no": N_("did not agree to a recording")}
_KINDS = {"photo": N_("Photo"), "sound": N_("Sound"), "paper": N_("Scanned paper")}
_FIELDS = {"phone": N_("Phone found at the door"), "address": N_("Address found at the door")}


def word(table: dict[str, str], key: str) -> str:
    """The words of a key, "" for none."""
    return _(table[key]) if key in table else key


def kind_word(what: str) -> str:
    """What a piece of evidence is."""
    return _(_KINDS[what]) if what in _KINDS else what


def field_word(field: str) -> str:
    """What was found."""
    return _(_FIELDS[field]) if field in _FIELDS else field


def size_words(size: int) -> str:
    """Bytes as people say them."""
    if size < 1024**2:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024**2:.1f} MB"

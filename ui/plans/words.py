"""Instalment plans in words: what is asked of the lead, and what became of a plan."""

from datetime import date

from planner.actions.plans_agreed import AgreedPlan
from planner.actions.plans_waiting import Waiting
from ui import formats
from ui.case.steps import kept_words
from ui.dialogs.variant_board import APPROVALS
from ui.i18n import _, ngettext


def plan_words(plan: AgreedPlan) -> str:
    """ "12 instalments, 12,000.00 in all, from 2026-12-23 to 2027-11-23"."""
    parts = plan.terms.instalments
    head = ngettext("{n} instalment", "{n} instalments", len(parts)).format(n=len(parts))
    total = formats.money_exact(sum(one.amount for one in parts))
    if len(parts) == 1:
        return _("{head}: {total} by {last}").format(
            head=head, total=total, last=formats.day(parts[0].due)
        )
    return _("{head}, {total} in all, from {first} to {last}").format(
        head=head, total=total, first=formats.day(parts[0].due), last=formats.day(parts[-1].due)
    )


def why_words(plan: AgreedPlan) -> str:
    """Why the lead has to agree."""
    return _(", ").join(_(APPROVALS.get(why, why)) for why in plan.terms.approval)


def facts(one: Waiting, today: date, zone: str) -> list[tuple[str, str]]:
    """All that the lead looks at before a yes or a no: (name, words)."""
    plan, terms, allowed = one.plan, one.plan.terms, one.allowed
    usual = formats.money_exact(_usual(plan))
    rows = [
        (_("Owes"), f"{formats.money_exact(one.debt)} · {_(', ').join(one.lenders)}"),
        (_("Proposed"), plan_words(plan)),
        (_("Why approval"), why_words(plan)),
        (_("Months"), _("{n}; up to {free} without you, {most} at most").format(
            n=len(terms.instalments), free=allowed.free_months, most=allowed.longest_months)),
        (_("A month"), _("{amount}; at least {least}").format(
            amount=usual, least=formats.money_exact(allowed.least_instalment))),
        (_("Waived"), _("{amount}, {share}; up to {free} without you, {most} at most").format(
            amount=formats.money_exact(terms.waived), share=formats.percent(one.waived_share),
            free=formats.percent(allowed.free_waiver), most=formats.percent(allowed.most_waiver))),
    ]  # fmt: skip
    rest = one.debt - one.total - terms.waived
    if rest > 0:
        rows.append((_("Stays open"), formats.money_exact(rest)))
    rows.append((_("The household"), _household(plan)))
    by = plan.by or formats.NONE
    rows.append((_("Proposed by"), f"{by} · {formats.moment(plan.at, zone)}"))
    if one.instead is not None:
        rows.append((_("Ends with a yes"), plan_words(one.instead)))
    if terms.instalments[0].due < today:
        told = _("The day of the first instalment is over; with a yes it is due today.")
        rows.append((_("Note"), told))
    return rows


def _usual(plan: AgreedPlan) -> int:
    """The instalment of most months: a down payment and a rest aside."""
    parts = plan.terms.instalments
    return parts[len(parts) // 2].amount


def _household(plan: AgreedPlan) -> str:
    told = plan.terms.told
    if told is None:
        return _("Without the person's consent no figures were kept.")
    share = formats.percent(_usual(plan) / told.left) if told.left else formats.NONE
    return _(
        "Kept with consent: income {income}, {left} left each month; one instalment is {share}."
    ).format(
        income=formats.money_exact(told.income), left=formats.money_exact(told.left), share=share
    )


def status_words(plan: AgreedPlan) -> tuple[str, str, str]:
    """(word of the state, tone, sentence) of a plan, as its collector reads it."""
    match plan.status:
        case "proposed":
            text = _("The lead has not decided yet; nothing is promised by it.")
            return _("waits for the lead"), "neutral", text
        case "declined":
            text = _("The lead did not agree: {why}").format(why=plan.why or formats.NONE)
            return _("not approved"), "warn", text
        case "ended":
            why = _("replaced by another plan") if plan.why == "replaced" else plan.why
            return _("ended"), "neutral", _("Ended: {why}").format(why=why or formats.NONE)
        case "done":
            return _("paid to its end"), "accent", _("All instalments are paid.")
        case "broken":
            text = _("An instalment stayed away; the plan does not keep contact away any more.")
            return _("broken"), "warn", text
    head, figures = kept_words(plan)
    if plan.terms.approval:
        head = _("{head}; the lead agreed").format(head=head)
    return _("runs"), "accent", _("{head}. {figures}").format(head=head, figures=figures)

"""Words for what stands in a person's record: flags, pauses, addresses, lines of the timeline."""

from datetime import datetime

from planner.domain.codes import AddressKind, Channel, Flag, Grade, HoldKind, PromiseState
from planner.domain.people import Hold
from ui import formats
from ui.case.view import Line
from ui.i18n import N_, _, code, ngettext
from ui.outcomes import outcome_words
from ui.remote.told import decision_sentence, recorded

FLAGS = {
    Flag.DECEASED: N_("deceased"),
    Flag.MINOR: N_("under age"),
    Flag.INSOLVENCY: N_("court or insolvency stage"),
    Flag.DO_NOT_VISIT: N_("do not visit"),
    Flag.HARDSHIP: N_("hardship"),
    Flag.REPRESENTED: N_("has a representative"),
    Flag.CEASE: N_("asked for no contact"),
    Flag.MOVING_SOON: N_("moving soon"),
    Flag.WATCH: N_("on watch"),
    Flag.VULNERABLE: N_("needs special care"),
    Flag.DISABILITY: N_("gravely disabled"),
    Flag.HOSPITAL: N_("in hospital"),
    Flag.OTHERS_REFUSED: N_("others want no questions"),
    Flag.OTHERS_AGREED: N_("others may be asked"),
    Flag.WORK_FORBIDDEN: N_("no contact at work"),
    Flag.OFF_WATCH: N_("taken off watch"),
}
# Flags that say how to treat a person rather than that contact ends.
_GENTLE = (
    Flag.HARDSHIP | Flag.MOVING_SOON | Flag.WATCH | Flag.VULNERABLE | Flag.DISABILITY
    | Flag.OTHERS_REFUSED | Flag.OTHERS_AGREED | Flag.WORK_FORBIDDEN | Flag.OFF_WATCH
)  # fmt: skip
HOLDS = {
    HoldKind.DISPUTE: N_("disputed"),
    HoldKind.COMPLAINT: N_("complaint"),
    HoldKind.PLAN: N_("repayment plan"),
    HoldKind.HARDSHIP: N_("pause in hardship"),
    HoldKind.LEGAL: N_("legal proceedings"),
    HoldKind.ILLNESS: N_("illness"),
    HoldKind.SENSITIVE: N_("sensitive situation"),
    HoldKind.LEAD: N_("paused by the lead"),
    HoldKind.UNSAFE: N_("unsafe"),
}
_REASONS = {
    "plan_agreed": N_("a plan was agreed"),
    "disputed": N_("the amount is disputed"),
    "claims_paid": N_("says it is paid; the lender checks"),
    "complaint": N_("a complaint is open"),
    "review_cease": N_("did not want to talk; the lead decides"),
    "unsafe": N_("the visit was broken off"),
    "vulnerable": N_("a vulnerable person was there"),
    "minor_alone": N_("only a child was there"),
}
GRADES = {
    Grade.DOOR: N_("exact to the door"),
    Grade.STREET: N_("exact to the street"),
    Grade.VILLAGE: N_("exact to the village"),
    Grade.TOWNSHIP: N_("township only"),
    Grade.COUNTY: N_("county only"),
    Grade.NONE: N_("no position"),
}
KINDS = {
    AddressKind.HOME: N_("home"),
    AddressKind.WORK: N_("work"),
    AddressKind.REGISTERED: N_("registered"),
    AddressKind.RELATIVE: N_("relative"),
    AddressKind.UNKNOWN: N_("kind unknown"),
}
CHANNELS = {
    Channel.CALL: N_("Call"),
    Channel.MESSAGE: N_("Message"),
    Channel.VISIT: N_("Visit"),
}
_PROMISES = {
    PromiseState.PENDING: N_("still open"),
    PromiseState.KEPT: N_("kept in full"),
    PromiseState.PARTLY: N_("kept in part"),
    PromiseState.BROKEN: N_("not kept"),
    PromiseState.LAPSED: N_("lapsed with its plan"),
}
_STATUS = {"open": N_("not settled"), "paid": N_("paid off"), "withdrawn": N_("withdrawn")}


def status_words(status: str) -> str:
    """The state of a loan."""
    return _(_STATUS[status]) if status in _STATUS else status


def flag_chips(flags: Flag) -> list[tuple[str, str]]:
    """(word, tone) of each flag."""
    return [
        (_(word), "warn" if flag in _GENTLE else "stop")
        for flag, word in FLAGS.items()
        if flag in flags
    ]


def hold_words(hold: Hold, zone: str) -> str:
    """ "Paused: disputed, until 2026-12-08"."""
    kind = _(HOLDS[hold.kind])
    if hold.until is None:
        return _("Paused: {why}").format(why=kind)
    until = formats.moment(hold.until, zone)
    return _("Paused: {why}, until {until}").format(why=kind, until=until)


def line_title(line: Line, zone: str) -> str:
    """What happened, in one phrase."""
    entry, told = line.entry, line.entry.fields
    match entry.kind:
        case "contact":
            return outcome_words(entry.code, str(told.get("result", "")))
        case "promise":
            return _("promised {money} by {day}").format(
                money=formats.money_exact(told.get("amount")), day=told.get("due", formats.NONE)
            )
        case "payment":
            return _("paid {money}").format(money=formats.money_exact(told.get("amount")))
        case "hold":
            kind = _(HOLDS[HoldKind(told["kind"])])
            return _("Paused: {why}").format(why=kind)
        case "hold.ended":
            return _("Pause ended")
        case "flag":
            word = _(FLAGS.get(Flag(told["flag"]), "marked"))
            text = _("Marked: {what}") if told.get("on") else _("Mark taken away: {what}")
            return text.format(what=word)
        case "address.judged":
            return _("Address confirmed") if told.get("valid") else _("Address found to be wrong")
        case "address.placed":
            text = _("Position confirmed: {grade}") if told.get("confirmed") else (
                _("Position taken: {grade}")
            )  # fmt: skip
            return text.format(grade=_(GRADES[Grade(told["grade"])]))
        case "exception":
            return _("Outside the contact rules")
        case "override":
            return _("Rule set aside")
        case "agreement":
            return _("Agreement recorded")
        case "agreement.ended":
            return _("Agreement ended")
        case "notice":
            return _("Visit announced")
        case "needs":
            return _("Needs of a visit set")
        case "must":
            text = _("To be visited on {day}") if told.get("on") else _("Visit on {day} taken back")
            return text.format(day=told.get("date", formats.NONE))
        case "remote.decided":
            return decision_sentence(recorded(told))
        case "person.listed":
            return _("Taken over from a list")
    return entry.kind


def line_details(line: Line, zone: str) -> str:
    """Further facts of a line: who, which number, notes."""
    entry, told = line.entry, line.entry.fields
    parts: list[str] = []
    match entry.kind:
        case "contact":
            parts = _contact_details(entry.at, told, zone)
        case "promise" if line.promise is not None:
            parts = [_(_PROMISES[line.promise])]
        case "payment":
            parts = [str(told.get("receipt", ""))]
        case "hold":
            parts = _hold_details(told, zone)
        case "exception":
            parts = [code(f"rule.{told.get('rule', '')}")]
        case "override":
            parts = _aside_details(told, zone)
        case "agreement" | "notice":
            parts = [str(told.get("evidence", ""))]
        case "needs":
            tags = told.get("tags")
            parts = [str(tag) for tag in tags] if isinstance(tags, list) else []
        case "must":
            parts = [str(told.get("reason", "")), str(told.get("by", ""))]
        case "remote.decided":
            parts = [str(told.get("reason") or "")]
        case "person.listed":
            parts = _listed_details(told)
    if entry.undone:
        parts.insert(0, _("undone"))
    return " · ".join(part for part in parts if part)


def _contact_details(at: datetime, told: dict[str, object], zone: str) -> list[str]:
    parts = []
    by = told.get("by")
    if isinstance(by, list):
        parts.append(_("by {names}").format(names=", ".join(map(str, by))))
    if told.get("phone"):
        parts.append(formats.mask_phone(str(told["phone"])))
    if told.get("leave"):
        seconds = (datetime.fromisoformat(str(told["leave"])) - at).total_seconds()
        parts.append(formats.duration(seconds))
    parts.append(str(told.get("note", "")))
    return parts


def _hold_details(told: dict[str, object], zone: str) -> list[str]:
    reason = str(told.get("reason", ""))
    parts = [_(_REASONS[reason]) if reason in _REASONS else reason]
    if told.get("until"):
        until = formats.moment(datetime.fromisoformat(str(told["until"])), zone)
        parts.append(_("until {when}").format(when=until))
    return parts


def _aside_details(told: dict[str, object], zone: str) -> list[str]:
    """Which rule, until when, why, by whom."""
    parts = [code(f"rule.{told.get('rule', '')}")]
    if told.get("until"):
        until = formats.moment(datetime.fromisoformat(str(told["until"])), zone)
        parts.append(_("until {when}").format(when=until))
    return [*parts, str(told.get("reason", "")), str(told.get("by", ""))]


def _listed_details(told: dict[str, object]) -> list[str]:
    """How much of it: cases, addresses, phone numbers."""
    parts = []
    for key, one, many in (
        ("cases", N_("{n} loan"), N_("{n} loans")),
        ("addresses", N_("{n} address"), N_("{n} addresses")),
        ("phones", N_("{n} phone number"), N_("{n} phone numbers")),
    ):
        given = told.get(key)
        if isinstance(given, list) and given:
            parts.append(ngettext(one, many, len(given)).format(n=len(given)))
    return parts


_ICONS = {
    "promise": "clock", "payment": "check", "hold": "stop", "hold.ended": "chevron-right",
    "flag": "flag", "address.judged": "map",
    "address.placed": "pin", "exception": "warn", "override": "unlock",
    "agreement": "check", "agreement.ended": "minus", "notice": "clock", "person.listed": "imports",
    "remote.decided": "remote", "needs": "crew", "must": "pin",
}  # fmt: skip
_CHANNEL_ICONS = {"call": "phone", "message": "file", "visit": "pin"}


def line_icon(line: Line) -> str:
    """The icon of a line."""
    if line.entry.kind == "contact":
        return _CHANNEL_ICONS.get(str(line.entry.fields.get("channel")), "phone")
    return _ICONS.get(line.entry.kind, "info")


_GROUPS = {
    "contact": "contacts", "exception": "contacts", "promise": "money", "payment": "money",
}  # fmt: skip


def line_group(line: Line) -> str:
    """The filter a line belongs to: contacts, money, record."""
    return _GROUPS.get(line.entry.kind, "record")

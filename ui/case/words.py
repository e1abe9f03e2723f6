"""Words for what stands in a person's record: flags, pauses, addresses, lines of the timeline."""

from planner.actions.history import Line
from planner.domain.codes import AddressKind, Flag
from planner.domain.people import Hold
from planner.export import told
from ui import formats
from ui.i18n import N_, _, language
from ui.remote.told import decision_sentence, recorded

# Flags that say how to treat a person rather than that contact ends.
_GENTLE = (
    Flag.HARDSHIP | Flag.MOVING_SOON | Flag.WATCH | Flag.VULNERABLE | Flag.DISABILITY
    | Flag.OTHERS_REFUSED | Flag.OTHERS_AGREED | Flag.WORK_FORBIDDEN | Flag.OFF_WATCH
)  # fmt: skip
KINDS = {
    AddressKind.HOME: N_("home"),
    AddressKind.WORK: N_("work"),
    AddressKind.REGISTERED: N_("registered"),
    AddressKind.RELATIVE: N_("relative"),
    AddressKind.UNKNOWN: N_("kind unknown"),
}
_STATUS = {"open": N_("not settled"), "paid": N_("paid off"), "withdrawn": N_("withdrawn")}


def status_words(status: str) -> str:
    """The state of a loan."""
    return _(_STATUS[status]) if status in _STATUS else status


def flag_chips(flags: Flag) -> list[tuple[str, str]]:
    """(word, tone) of each flag."""
    return [
        (_(word), "warn" if flag in _GENTLE else "stop")
        for flag, word in told.FLAGS.items()
        if flag in flags
    ]


def hold_words(hold: Hold, zone: str) -> str:
    """ "Paused: disputed, until 2026-12-08"."""
    kind = _(told.HOLDS[hold.kind])
    if hold.until is None:
        return _("Paused: {why}").format(why=kind)
    until = formats.moment(hold.until, zone)
    return _("Paused: {why}, until {until}").format(why=kind, until=until)


def line_title(line: Line, zone: str) -> str:
    """What happened, in one phrase."""
    entry = line.entry
    if entry.kind == "remote.decided":
        return decision_sentence(recorded(entry.fields))
    return told.title(entry.kind, entry.fields, zone, language())


def line_details(line: Line, zone: str) -> str:
    """Further facts of a line: who, which number, notes."""
    entry = line.entry
    return told.details(
        entry.kind, entry.at, entry.fields, zone, language(), promise=line.promise,
        undone=entry.undone,
    )  # fmt: skip


_ICONS = {
    "promise": "clock", "payment": "check", "hold": "stop", "hold.ended": "chevron-right",
    "flag": "flag", "address.judged": "map",
    "address.placed": "pin", "exception": "warn", "override": "unlock",
    "agreement": "check", "agreement.ended": "minus", "notice": "clock", "person.listed": "imports",
    "remote.decided": "remote", "needs": "crew", "must": "pin", "plan.agreed": "check",
    "plan.approved": "check", "plan.ended": "minus", "plan.day": "plan", "step.done": "check",
    "step.set": "chevron-right", "evidence": "file",
    "change.proposed": "edit", "change.decided": "check",
    "reveal": "eye", "export": "file", "assigned": "crew", "record.returned": "edit",
    "record.answered": "check",
}  # fmt: skip
_CHANNEL_ICONS = {"call": "phone", "message": "file", "visit": "pin"}


def line_icon(line: Line) -> str:
    """The icon of a line."""
    if line.entry.kind == "contact":
        return _CHANNEL_ICONS.get(str(line.entry.fields.get("channel")), "phone")
    return _ICONS.get(line.entry.kind, "info")

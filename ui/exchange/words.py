"""What an exchange did, how it stands with a laptop, and what collides: in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from planner.actions.exchange_log import FILE_IN, FILE_OUT, FOLDER, HUB, Account
from planner.actions.exchange_view import OWN, Board, Collision, PeerRow
from planner.errors import PlannerError
from planner.store.team import LEAD
from planner.sync.exchange import Told
from planner.sync.peers import ENDED
from ui import errors, formats
from ui.i18n import N_, _, ngettext

_WAYS: Mapping[str, str] = {
    FILE_OUT: N_("File written"), FILE_IN: N_("File read"), FOLDER: N_("Shared folder"),
    HUB: N_("Hub"),
}  # fmt: skip
_FIELDS: Mapping[str, str] = {
    "position": N_("Position of an address"), "address": N_("Whether an address is right"),
    "phone": N_("Phone numbers"), "change": N_("Decision about a change found at the door"),
    "flag": N_("Special circumstance"), "needs": N_("Who may go there"),
}  # fmt: skip
_FLAGS: Mapping[str, str] = {
    "minor": N_("minor"), "deceased": N_("deceased"), "hospital": N_("in hospital"),
}  # fmt: skip


def way_words(way: str) -> str:
    """The way an exchange took."""
    return _(_WAYS.get(way, way))


def refused_words(code: str, params: Mapping[str, Any]) -> str:
    """Why a bundle was not taken."""
    return errors.words(PlannerError(code, **params))


def told_words(one: Account) -> str:
    """The two counts of every exchange."""
    told = one.told
    if one.way == FILE_OUT:
        text = ngettext("{n} entry written for {peer}", "{n} entries written for {peer}", told.sent)
        return text.format(n=formats.number(told.sent), peer=one.peer)
    if not told.received and not told.sent:
        return _("Nothing new on either side")
    came = ngettext("{n} entry received", "{n} entries received", told.received)
    went = ngettext("{n} sent", "{n} sent", told.sent)
    return _("{came}, {went}").format(
        came=came.format(n=formats.number(told.received)), went=went.format(n=told.sent)
    )


def account_lines(one: Account, *, lead: bool) -> list[tuple[str, str]]:
    """All that an exchange brought: (tone, sentence), the counts first."""
    told = one.told
    lines = [("neutral", told_words(one))]
    lines += _persons(told)
    if one.plans:
        text = (
            ngettext("{n} route was submitted", "{n} routes were submitted", one.plans)
            if lead
            else ngettext("{n} plan came", "{n} plans came", one.plans)
        )
        lines.append(("neutral", text.format(n=one.plans)))
    if one.returned:
        text = ngettext(
            "{n} record came back with a comment", "{n} records came back with a comment",
            one.returned,
        )  # fmt: skip
        lines.append(("accent", text.format(n=one.returned)))
    return lines + _oddities(told)


def _persons(told: Told) -> list[tuple[str, str]]:
    lines = []
    if told.persons_in:
        text = ngettext(
            "{n} person came to this laptop", "{n} persons came to this laptop", told.persons_in
        )
        lines.append(("neutral", text.format(n=told.persons_in)))
    if told.persons_out:
        text = ngettext(
            "{n} person left this laptop; their data were removed from it",
            "{n} persons left this laptop; their data were removed from it",
            told.persons_out,
        )
        lines.append(("neutral", text.format(n=told.persons_out)))
    return lines


def _oddities(told: Told) -> list[tuple[str, str]]:
    lines = []
    if told.flagged:
        text = ngettext(
            "{n} entry is about a person who was somebody else's by then; it is kept and marked",
            "{n} entries are about persons who were somebody else's by then; they are kept and"
            " marked",
            told.flagged,
        )
        lines.append(("warn", text.format(n=told.flagged)))
    if told.conflicts:
        text = ngettext(
            "{n} field was changed on two laptops: see Conflicts",
            "{n} fields were changed on two laptops: see Conflicts",
            told.conflicts,
        )
        lines.append(("warn", text.format(n=told.conflicts)))
    if told.waiting:
        text = _("{n} entries did not fit and go with the next exchange")
        lines.append(("neutral", text.format(n=formats.number(told.waiting))))
    if told.known:
        text = ngettext(
            "{n} bundle had been read before; it changed nothing",
            "{n} bundles had been read before; they changed nothing",
            told.known,
        )
        lines.append(("neutral", text.format(n=told.known)))
    if told.forked:
        lines.append(("warn", _("A laptop was copied or put back: both histories are kept")))
    if told.skew:
        lines.append(("warn", skew_words(told.skew)))
    return lines + [("stop", refused_words(code, params)) for code, params in told.refused]


def skew_words(seconds: int) -> str:
    """Two clocks that differ."""
    minutes = round(abs(seconds) / 60)
    return _("The clocks of the two laptops differ by {n} minutes. Set them right.").format(
        n=formats.number(minutes)
    )


def unsent_words(n: int) -> str:
    """The count that is always in view."""
    if not n:
        return _("Everything sent")
    return ngettext("{n} not sent", "{n} not sent", n).format(n=formats.number(n))


def last_words(last: datetime | None, now: datetime) -> str:
    """When the last exchange was."""
    if last is None:
        return _("No exchange yet")
    return _("Last exchange {ago}").format(ago=formats.ago(last, now))


def peer_last(row: PeerRow) -> datetime | None:
    """The last time anything went to or came from a laptop."""
    times = [at for at in (row.status.sent_at, row.status.received_at) if at is not None]
    return max(times, default=None)


def peer_state(row: PeerRow) -> tuple[str, str]:
    """(word, tone) for how it stands with a laptop; the gravest first."""
    if row.status.state == ENDED:
        return _("Left the team"), "stop"
    if row.invited:
        return _("Invited"), "accent"
    if row.forked:
        return _("Two histories"), "warn"
    if row.status.skew:
        return _("Clock differs"), "warn"
    if row.conflicts:
        return _("Conflict"), "warn"
    return _("In the team"), "neutral"


def peer_notes(row: PeerRow) -> list[str]:
    """What there is to say about a laptop, in sentences."""
    notes = []
    if row.status.state == ENDED:
        notes.append(_("Nothing is sent to it or taken from it. What it holds stays on it."))
        if row.ended:
            notes.append(row.ended)
    if row.invited:
        notes.append(_("It was admitted and has not exchanged yet. The invitation can be given"
                       " again."))  # fmt: skip
    if row.forked:
        notes.append(_("Its file was copied or put back, and two laptops went on from it. Both"
                       " histories are kept; nothing has to be done."))  # fmt: skip
    if row.status.skew > 0:
        notes.append(_("Its clock is {n} minutes ahead of this one.").format(
            n=formats.number(round(row.status.skew / 60))))  # fmt: skip
    elif row.status.skew < 0:
        notes.append(_("Its clock is {n} minutes behind this one.").format(
            n=formats.number(round(-row.status.skew / 60))))  # fmt: skip
    if row.conflicts:
        text = ngettext("{n} field collides: see Conflicts.", "{n} fields collide: see Conflicts.",
                        row.conflicts)  # fmt: skip
        notes.append(text.format(n=row.conflicts))
    if row.status.unconfirmed:
        text = ngettext(
            "It has not confirmed {n} delivery yet; its next exchange does.",
            "It has not confirmed {n} deliveries yet; its next exchange does.",
            row.status.unconfirmed,
        )
        notes.append(text.format(n=row.status.unconfirmed))
    return notes


def whose_words(board: Board) -> str:
    """Whose workspace this is."""
    if board.role == LEAD:
        return _("Lead's workspace: {name}").format(name=board.name)
    lead = next((one.status.name for one in board.peers), "")
    who = " ".join(part for part in (board.owner_name or board.name, board.owner) if part)
    return _("Laptop of {who}, in the team of {lead}").format(who=who, lead=lead)


def field_words(one: Collision) -> str:
    """Which field collides."""
    name = _(_FIELDS.get(one.conflict.field, one.conflict.field))
    return f"{name}: {one.place}" if one.place else name


def value_words(one: Collision, value: Any) -> str:
    """A value as people say it; phones are masked."""
    field = one.conflict.field
    if value is None:
        return formats.NONE
    if field == "position":
        return f"{value[0]:.5f}, {value[1]:.5f}"
    if field == "address":
        return _("right") if value else _("not right any more")
    if field == "change":
        return _("accepted") if value else _("declined")
    if field == "flag":
        name = _(_FLAGS.get(one.conflict.about, one.conflict.about))
        return name if value else _("not: {what}").format(what=name)
    if field == "phone":
        return ", ".join(formats.mask_phone(str(phone)) for phone in value) or _("none")
    return ", ".join(str(part) for part in value) or _("none")


def by_words(who: str) -> str:
    """On whose laptop a value was recorded."""
    return _("on this laptop") if who == OWN else _("from {laptop}").format(laptop=who)

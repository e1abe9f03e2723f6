"""What the frame of the window says about the workspace: size, age, protection."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from planner.actions.exchange_view import Foot, load_foot
from planner.store.keys import is_protected
from planner.store.overview import Counts, load_counts
from planner.store.store import Store
from planner.store.team import COLLECTOR, LEAD
from ui import formats
from ui.exchange.words import last_words, unsent_words
from ui.i18n import _, ngettext

OLD = timedelta(hours=24)
TOO_OLD = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of the workspace and whether a passphrase guards it."""

    counts: Counts = field(default_factory=Counts)
    protected: bool = True
    path: Path = Path()
    foot: Foot = field(default_factory=Foot)

    def whose(self) -> str:
        """Whose workspace it is, for the title; empty where it belongs to no team."""
        if self.foot.role == LEAD:
            return _("lead")
        if self.foot.role != COLLECTOR:
            return ""
        who = " ".join(part for part in (self.foot.name, self.foot.owner) if part)
        return _("laptop of {who}").format(who=who)

    def exchange_words(self, now: datetime) -> tuple[str, str, bool]:
        """What the foot says of the exchange, its tooltip, and whether something waits."""
        if not self.foot.role:
            return "", "", False
        return (
            unsent_words(self.foot.unsent),
            last_words(self.foot.last, now),
            bool(self.foot.unsent),
        )

    def age_words(self, now: datetime, zone: str) -> tuple[str, str]:
        """Text and tooltip: "1,284 cases, updated 3 hours ago"; empty while nothing is there."""
        n, at = self.counts.cases, self.counts.imported_at
        if not n or at is None:
            return "", ""
        cases = ngettext("{n} case", "{n} cases", n).format(n=formats.number(n))
        text = _("{cases}, updated {ago}").format(cases=cases, ago=formats.ago(at, now))
        return text, _("Last import: {when}").format(when=formats.moment(at, zone))

    def age(self, now: datetime) -> timedelta:
        """Time since the last import; nought while nothing is there."""
        at = self.counts.imported_at
        return timedelta() if at is None else now - at


def load_overview(store: Store) -> Overview:
    """Read it; runs off the GUI thread."""
    with store.read() as conn:
        counts, foot = load_counts(conn), load_foot(conn)
    return Overview(counts, is_protected(store.path), store.path, foot)

"""The plan in figures, and what the latest change did to them."""

from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.actions.difference import Totals, totals
from planner.domain.plan import Plan
from ui import formats
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.plan.words import money, signed_money, signed_time, time_span, tip
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in words, and what it counts."""

    text: str
    tip: str


def figures(sums: Totals) -> list[Figure]:
    """The sums of a plan, each explained."""
    return [
        Figure(
            ngettext("{n} visit", "{n} visits", sums.visits).format(n=formats.number(sums.visits)),
            _("Visits of all crews"),
        ),
        Figure(formats.distance(sums.metres), _("Ways of all crews, from home and back home")),
        Figure(
            _("{time} h").format(time=time_span(sums.working)),
            _("From home and back home, all crews together; {time} h of it driving").format(
                time=time_span(sums.driving)
            ),
        ),
        Figure(
            _("cost {money}").format(money=money(sums.cost)),
            _("Kilometres and the crews' wage on the way"),
        ),
        Figure(
            _("expected {money}").format(money=money(sums.net)),
            _(
                "What the visits should bring beyond waiting without a visit ({value}), "
                "less the cost of the ways ({cost})"
            ).format(value=money(sums.value), cost=money(sums.cost)),
        ),
        Figure(
            _("0 rule breaks"),
            _("Every visit is checked by two judges; a change that breaks a rule is refused."),
        ),
    ]


def legs_figure(plan: Plan | None) -> Figure | None:
    """How many legs are estimated; None where all follow roads, or nobody counted."""
    legs, estimated = plan.legs if plan is not None else (0, 0)
    if not estimated:
        return None
    text = ngettext(
        "{n} of {legs} legs is estimated", "{n} of {legs} legs are estimated", estimated
    )
    return Figure(
        text.format(n=formats.number(estimated), legs=formats.number(legs)),
        _(
            "No road pack covers these ways: their length and time follow from the straight line."
            " Road packs are added in the settings, under “Maps and roads”."
        ),
    )


def weak_figure(plan: Plan | None, weak: int) -> Figure | None:
    """How many stops no crew finds by their position; None where there are none."""
    stops = plan.stops if plan is not None else 0
    if not stops or not weak:
        return None
    text = ngettext(
        "{n} of {stops} stops has only a township position",
        "{n} of {stops} stops have only a township position",
        weak,
    )
    return Figure(
        text.format(n=formats.number(weak), stops=formats.number(stops)),
        _(
            "They stand in the middle of the township or county, drawn hollow; ways and times to"
            " them are rough. Place them under “Cases”, “Places to check”."
        ),
    )


def change_sentence(before: Totals, after: Totals) -> str:
    """What a change did: "+1 visit, +12 km, +0:25 h, −31 CNY"; words where nothing moved."""
    visits = after.visits - before.visits
    metres = round((after.metres - before.metres) / 1000, 1)
    working = after.working - before.working
    net = after.net - before.net
    parts = []
    if visits:
        parts.append(
            ngettext("{n} visit", "{n} visits", abs(visits)).format(n=formats.signed(visits, 0))
        )
    if metres:
        digits = 1 if abs(metres) < 100 else 0
        parts.append(_("{km} km").format(km=formats.signed(metres, digits)))
    if round(working / 60):
        parts.append(_("{time} h").format(time=signed_time(working)))
    if round(net / formats.FEN):
        parts.append(signed_money(net))
    return _(", ").join(parts) or _("no other figures")


class TotalsStrip(Translated):
    """The figures of a plan in a row, the latest difference below; or one sentence instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._change: tuple[str, Totals, Totals] | None = None
        self._instead = ""
        self._sentence = Text("body", wrap=True)
        self._figures = [Text("strong" if k in (0, 4) else "body") for k in range(6)]
        self._row = QWidget()
        flow = FlowLayout(self._row, gap=18)
        for text in self._figures:
            flow.addWidget(text)
        self._legs = Text("small")
        flow.addWidget(self._legs)
        self._weak, self._weak_stops = Text("small"), 0
        flow.addWidget(self._weak)
        self._difference = Text("small")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        for widget in (self._sentence, self._row, self._difference):
            box.addWidget(widget)
        self.retranslate()

    def show_plan(self, plan: Plan | None, instead: str) -> None:
        """The figures of `plan`; without one the sentence `instead`."""
        self._plan, self._instead = plan, instead
        self.retranslate()

    def show_weak(self, stops: int) -> None:
        """How many stops have a weak position."""
        self._weak_stops = stops
        self.retranslate()

    def show_change(self, what: str, before: Totals, after: Totals) -> None:
        """What the change named `what` did to the figures."""
        self._change = (what, before, after)
        self.retranslate()

    def forget_change(self) -> None:
        """Another day, or a plan from elsewhere: there is no latest change."""
        self._change = None
        self.retranslate()

    def text(self) -> str:
        """All that is said, for tests and screen readers."""
        if self._plan is None:
            return self._sentence.text()
        said = [*self._figures, *([self._legs] if legs_figure(self._plan) else [])]
        said += [self._weak] if weak_figure(self._plan, self._weak_stops) else []
        lines = [" · ".join(text.text() for text in said), self._difference.text()]
        return "\n".join(line for line in lines if line)

    def retranslate(self) -> None:
        """Everything in the language in use."""
        there = self._plan is not None
        self._sentence.setText(self._instead)
        self._sentence.setVisible(not there)
        self._row.setVisible(there)
        if there:
            for text, figure in zip(self._figures, figures(totals(self._plan)), strict=True):
                if text.text() != figure.text:
                    text.setText(figure.text)
                text.setToolTip(tip(figure.tip))
        legs = legs_figure(self._plan)
        self._legs.setVisible(legs is not None)
        if legs is not None:
            self._legs.setText(legs.text)
            self._legs.setToolTip(tip(legs.tip))
        weak = weak_figure(self._plan, self._weak_stops)
        self._weak.setVisible(weak is not None)
        if weak is not None:
            self._weak.setText(weak.text)
            self._weak.setToolTip(tip(weak.tip))
        self._difference.setVisible(there and self._change is not None)
        if self._change is not None:
            what, before, after = self._change
            said = _("{what}: {change}")
            self._difference.setText(said.format(what=what, change=change_sentence(before, after)))
            self._difference.setToolTip(
                tip(_("Difference to the plan before: visits, ways, hours, expected money"))
            )
        self.setAccessibleName(self.text())

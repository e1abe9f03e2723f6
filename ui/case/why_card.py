"""Why a person stands where they stand: points and bars, one sentence of money, hours."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui import formats
from ui.case.view import PersonView, Standing
from ui.i18n import _, code, ngettext
from ui.plan import words
from ui.plan.why_paint import HourStrip, PartBars
from ui.widgets.card import Card, line
from ui.widgets.text import Text


class WhyCard(Card):
    """Points, parts, arithmetic, chance to meet by hour, objective."""

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone = zone
        self._view: PersonView | None = None
        self._none = Text("muted", wrap=True)
        self._points, self._rank = Text("figure"), Text("muted", wrap=True)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._points)
        top.addWidget(self._rank, 1, Qt.AlignmentFlag.AlignVCenter)
        self._bars, self._strip = PartBars(), HourStrip()
        self._today = Text("body", wrap=True)
        self._money_head, self._money = Text("strong"), Text("body", wrap=True)
        self._net = Text("body", wrap=True)
        self._hours_head, self._tries = Text("strong"), Text("small", wrap=True)
        self._goal_head, self._goal = Text("strong"), Text("body", wrap=True)
        self.body.addWidget(self._none)
        self.body.addLayout(top)
        self._lines = [line(), line(), line()]
        self._parts: tuple[QWidget, ...] = (
            self._today, self._bars, self._lines[0], self._money_head, self._money, self._net,
            self._lines[1], self._hours_head, self._strip, self._tries, self._lines[2],
            self._goal_head, self._goal,
        )  # fmt: skip
        for widget in self._parts:
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def show_person(self, view: PersonView) -> None:
        """Another person, or the same anew."""
        self._view = view
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Why this rank"))
        self._none.setText(_("No case is open, so there is no rank."))
        self._money_head.setText(_("What a visit is worth"))
        self._hours_head.setText(_("Chance to meet"))
        self._goal_head.setText(_("Objective of the visit"))
        view = self._view
        standing = view.standing if view is not None else None
        self._none.setVisible(view is not None and standing is None)
        for widget in (*self._parts, self._points, self._rank):
            widget.setVisible(standing is not None)
        if view is not None and standing is not None:
            self._fill(view, standing)

    def _fill(self, view: PersonView, standing: Standing) -> None:
        why = standing.why
        self._points.setText(f"{min(99, max(1, why.points)):.0f}")
        self._points.setToolTip(f"{why.points:.2f}")
        if standing.rank:
            text = _("Place {rank} of {n} who may be visited on {day}").format(
                rank=formats.number(standing.rank),
                n=formats.number(standing.ready),
                day=formats.day(view.day),
            )
        else:
            text = _("No visit on {day}").format(day=formats.day(view.day))
        tip = _("Ten points more mean twice as worthwhile per hour.")
        self._rank.setText(f"{text}\n{tip}")
        self._today.setText(self._today_words(view, standing))
        self._today.setVisible(bool(self._today.text()))
        self._bars.show_parts(why.parts)
        self._money.setText(words.arithmetic(why))
        self._net.setText(words.arithmetic_net(why))
        self._strip.show_hours(why, self._planned(view))
        tries = sum(hour.tries for hour in why.strip)
        said = ngettext(
            "Rests on {n} visit to this person and on visits in similar places.",
            "Rests on {n} visits to this person and on visits in similar places.",
            tries,
        )
        none = _("This person was never visited; it rests on visits in similar places.")
        self._tries.setText(said.format(n=tries) if tries else none)
        self._goal.setText(code(f"ranking.objective.{why.objective}"))

    def _today_words(self, view: PersonView, standing: Standing) -> str:
        if standing.rule:
            text = code(f"rule.{standing.rule}")
            if standing.until is not None:
                until = formats.moment(standing.until, self._zone)
                text += " " + _("Next permitted: {moment}").format(moment=until)
            return text
        if not standing.worth:
            return _("A visit is permitted, but not worth a trip today.")
        return ""

    def _planned(self, view: PersonView) -> tuple[bool, int] | None:
        if view.seat is None:
            return None
        at = view.seat.stop.start.astimezone(ZoneInfo(self._zone))
        return at.isoweekday() >= 6, at.hour

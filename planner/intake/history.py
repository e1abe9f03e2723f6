"""Rows of earlier contacts, promises and payments."""

import re
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from planner.domain.codes import Channel, HoldKind
from planner.intake.headers import Columns
from planner.intake.merge import identity
from planner.intake.outcomes import code_channel, contact_code, kind_of, result_code
from planner.intake.records import HistoryKind, HistoryRecord
from planner.intake.rows import RowReader
from planner.intake.values import (
    Bad,
    check_text,
    narrow,
    parse_amount,
    parse_date,
    parse_id,
    parse_moment,
    parse_name,
    parse_other_id,
    parse_phone,
    unquote,
)

HOLDS = {
    word: kind
    for kind, words in {
        HoldKind.DISPUTE: "异议 争议 dispute", HoldKind.COMPLAINT: "投诉 complaint",
        HoldKind.PLAN: "分期 还款计划 协商还款 plan", HoldKind.HARDSHIP: "困难 hardship",
        HoldKind.LEGAL: "司法 诉讼 仲裁 legal", HoldKind.ILLNESS: "疾病 重病 住院 illness",
        HoldKind.SENSITIVE: "敏感期 丧事 sensitive", HoldKind.LEAD: "主管暂停 暂停 lead",
        HoldKind.UNSAFE: "不安全 unsafe",
    }.items()
    for word in words.split()
}  # fmt: skip
_CHANNELS = {"call": Channel.CALL, "message": Channel.MESSAGE, "visit": Channel.VISIT}
_STAFF = re.compile(r"[,;/、，；\s]+")


class HistoryReader(RowReader):
    """Reads the rows of one history; a row may yield a contact and a promise."""

    def __init__(self, file: str, columns: Columns, zone: str, *, strict_width: bool) -> None:
        super().__init__(file, columns, strict_width=strict_width)
        self._zone = ZoneInfo(zone)
        self._scale = int(columns.units.get("amount", "1") or "1")
        self._seen: dict[object, int] = {}
        self.records: list[HistoryRecord] = []

    def take(self, number: int, row: list[str]) -> None:
        """Read one row; keep it or list what is wrong with it."""
        if not self.begin(number, row):
            return
        who = self._who()
        kind = self._kind()
        at = self._at_moment(kind)
        source_id = unquote(self.cell("source_id"))
        fields = self._fields(kind) if kind and not self.spoiled else {}
        promise = self._promise_of(kind, fields)
        if self.spoiled or at is None or self._seen_before(source_id, who, kind, at, fields):
            return
        name: HistoryKind = "contact" if kind in _CHANNELS else kind  # type: ignore[assignment]
        place = self.cell("address") if kind == "visit" else ""
        self.records.append(HistoryRecord(name, at, fields, *who, source_id, number, place))
        if promise is not None:
            other = f"{source_id}/promise" if source_id else ""
            self.records.append(HistoryRecord("promise", at, promise, *who, other, number))

    def _who(self) -> tuple[str, str, str]:
        """(identity, lender, contract number): at least one of the first and the last."""
        kind = narrow(self.cell("id_type")).casefold()
        resident = kind in ("", "身份证", "居民身份证", "二代身份证", "idcard", "id card")
        number = self.read("id_number", parse_id if resident else parse_other_id, "")
        contract = unquote(narrow(self.read("contract_no", check_text, "")))
        name = self.read("name", parse_name, "") if self.cell("name") else ""
        phone = self.read("phone", parse_phone, "") if self.cell("phone") else ""
        known = identity(name, number, phone) if number or (name and phone and not contract) else ""
        if not known and not contract and not self.spoiled:
            self.fault(
                "contract_no" if self.has("contract_no") else "id_number", "nobody_named", ""
            )
        return known, self.read("lender", check_text, ""), contract

    def _kind(self) -> str:
        text = self.cell("kind")
        if not text:
            channel = code_channel(self.cell("result"))
            if channel is None:
                self.fault("kind", "kind_missing", "")
                return ""
            return channel.value
        kind = kind_of(text)
        if not kind:
            self.fault("kind", "kind_unknown", text)
        return kind

    def _at_moment(self, kind: str) -> datetime | None:
        text = self.cell("at")
        if not text:
            self.fault("at", "time_missing", "")
            return None
        return self._moment("at", text, day_only=kind not in _CHANNELS)

    def _moment(self, name: str, text: str, *, day_only: bool) -> datetime | None:
        try:
            day, clock, serial = parse_moment(text)
            if clock is None and not day_only:
                raise Bad("time_of_day_missing")
        except Bad as bad:
            self.fault(name, bad.code, text)
            return None
        at = datetime.combine(day, clock or time(0), self._zone)
        if serial:
            self.fault(name, "date_serial", text, note=True, day=at.strftime("%Y-%m-%d %H:%M"))
        return at

    def _amount(self) -> int:
        text = self.cell("amount")
        if not text:
            self.fault("amount", "amount_missing", "")
            return 0
        try:
            fen, rounded = parse_amount(text, self._scale)
        except Bad as bad:
            self.fault("amount", bad.code, text, **bad.params)
            return 0
        if fen == 0:
            self.fault("amount", "amount_zero", text)
        if rounded:
            yuan = f"{fen // 100:,}.{fen % 100:02d}"
            self.fault("amount", "amount_rounded", text, note=True, yuan=yuan)
        return fen

    def _fields(self, kind: str) -> dict[str, Any]:
        if kind in _CHANNELS:
            return self._contact(_CHANNELS[kind])
        if kind == "promise":
            return self._promise()
        if kind == "payment":
            fields: dict[str, Any] = {"amount": self._amount()}
            receipt = unquote(self.cell("source_id"))
            return fields | ({"receipt": receipt} if receipt else {})
        return self._hold()

    def _contact(self, channel: Channel) -> dict[str, Any]:
        text = self.cell("result")
        found = contact_code(channel, text) if text or channel is Channel.MESSAGE else None
        if found is None:
            self.fault("result", "result_unknown" if text else "result_missing", text)
            return {}
        code, result = found
        outcome = self.cell("outcome")
        if outcome and outcome not in ("无", "-", "--", "/"):
            said = result_code(outcome)
            if not said or (result and said != result):
                self.fault(
                    "outcome", "outcome_unknown" if not said else "outcome_disagrees", outcome
                )
            result = result or said
        fields: dict[str, Any] = {"channel": channel.value, "code": code}
        staff = [name for name in _STAFF.split(self.cell("by")) if name]
        leave = self.cell("leave")
        if leave:
            ended = self._moment("leave", leave, day_only=False)
            fields |= {"leave": ended.isoformat()} if ended else {}
        more = {
            "result": result,
            "phone": self.read("phone", parse_phone, "") if channel is not Channel.VISIT else "",
            "by": staff,
            "note": self.cell("note")[:500],
        }
        return fields | {key: value for key, value in more.items() if value}

    def _promise_of(self, kind: str, fields: dict[str, Any]) -> dict[str, Any] | None:
        """The promise that a contact row states beside its outcome, if it does."""
        if kind not in _CHANNELS or fields.get("result") != "OUT-PTP" or self.spoiled:
            return None
        if not self.cell("due") and not self.cell("amount"):
            return None
        return self._promise()

    def _promise(self) -> dict[str, Any]:
        amount, text = self._amount(), self.cell("due")
        if not text:
            self.fault("due", "due_missing", "")
            return {}
        try:
            return {"amount": amount, "due": parse_date(text)[0].isoformat()}
        except Bad as bad:
            self.fault("due", bad.code, text)
            return {}

    def _hold(self) -> dict[str, Any]:
        text = self.cell("result") or self.cell("outcome")
        kind = HOLDS.get(narrow(text).casefold())
        if kind is None:
            self.fault("result", "hold_unknown" if text else "result_missing", text)
            return {}
        fields: dict[str, Any] = {"kind": int(kind)}
        if self.cell("due"):
            until = self.read("due", parse_date, None)
            fields |= {"until": until[0].isoformat()} if until else {}
        note = self.cell("note")[:500]
        return fields | ({"reason": note} if note else {})

    def _seen_before(
        self,
        source: str,
        who: tuple[str, str, str],
        kind: str,
        at: datetime,
        fields: dict[str, Any],
    ) -> bool:
        """Whether the row stands in the file already (listed with the first one's number)."""
        what = (kind, at, fields.get("code"), fields.get("amount"), fields.get("phone"))
        key: object = (who[1], source) if source else (who, what)
        first = self._seen.setdefault(key, self.number)
        if first == self.number:
            return False
        self.fault("source_id", "source_twice" if source else "row_twice", source, first=first)
        return True

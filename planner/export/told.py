"""What was recorded, in words: one phrase for each entry of a history, and a line of details.

The window's timeline and the printed history say the same by the same tables. Keys of the phrases
are the English sentences, as in the window.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from planner.domain.codes import DISCLOSURE, Channel, Flag, Grade, HoldKind, PromiseState
from planner.domain.step import Means
from planner.export.door_words import CONSENT, DISCLOSED, PAPERS, PAY_BY
from planner.export.door_words import REASONS as REFUSED
from planner.export.figures import NONE, mask_phone, moment_text, money_exact
from planner.words import sentence

Told = Mapping[str, Any]  # the fields of an entry, as recorded

CODES: Final = {
    "CALL-RPC": "spoke on the phone",
    "CALL-TPC": "somebody else answered",
    "CALL-NA": "no answer",
    "CALL-BUSY": "busy",
    "CALL-OFF": "phone off",
    "CALL-REJ": "call declined",
    "CALL-INV": "number invalid",
    "MSG-SENT": "message sent",
    "MSG-REPLY": "message answered",
    "MSG-FAILED": "message not delivered",
    "VIS-RPC": "met",
    "VIS-TPC": "family only",
    "VIS-NC": "nobody there",
    "VIS-ADR-BAD": "address wrong",
    "VIS-MOVED": "moved away",
    "VIS-REFUSE": "did not want to talk",
    "VIS-ABORT-SAFE": "left, unsafe",
    "VIS-ABORT-VULN": "left, vulnerable person",
    "VIS-ABORT-MINOR": "left, only a child there",
}
RESULTS: Final = {
    "OUT-PAID": "met, paid",
    "OUT-PTP": "met, promised",
    "OUT-PLAN": "met, plan agreed",
    "OUT-RTP": "met, no agreement",
    "OUT-HARD": "met, hardship",
    "OUT-DISP": "met, disputes",
    "OUT-CTP": "met, says it is paid",
    "OUT-CEASE": "met, asks for no contact",
    "OUT-CMPL": "met, complaint",
    "OUT-REP": "met, has a representative",
}
FLAGS: Final = {
    Flag.DECEASED: "deceased",
    Flag.MINOR: "under age",
    Flag.INSOLVENCY: "court or insolvency stage",
    Flag.DO_NOT_VISIT: "do not visit",
    Flag.HARDSHIP: "hardship",
    Flag.REPRESENTED: "has a representative",
    Flag.CEASE: "asked for no contact",
    Flag.MOVING_SOON: "moving soon",
    Flag.WATCH: "on watch",
    Flag.VULNERABLE: "needs special care",
    Flag.DISABILITY: "gravely disabled",
    Flag.HOSPITAL: "in hospital",
    Flag.OTHERS_REFUSED: "others want no questions",
    Flag.OTHERS_AGREED: "others may be asked",
    Flag.WORK_FORBIDDEN: "no contact at work",
    Flag.OFF_WATCH: "taken off watch",
}
HOLDS: Final = {
    HoldKind.DISPUTE: "disputed",
    HoldKind.COMPLAINT: "complaint",
    HoldKind.PLAN: "repayment plan",
    HoldKind.HARDSHIP: "pause in hardship",
    HoldKind.LEGAL: "legal proceedings",
    HoldKind.ILLNESS: "illness",
    HoldKind.SENSITIVE: "sensitive situation",
    HoldKind.LEAD: "paused by the lead",
    HoldKind.UNSAFE: "unsafe",
}
REASONS: Final = {
    "plan_agreed": "a plan was agreed",
    "disputed": "the amount is disputed",
    "claims_paid": "says it is paid; the lender checks",
    "complaint": "a complaint is open",
    "review_cease": "did not want to talk; the lead decides",
    "unsafe": "the visit was broken off",
    "vulnerable": "a vulnerable person was there",
    "minor_alone": "only a child was there",
}
GRADES: Final = {
    Grade.DOOR: "exact to the door",
    Grade.STREET: "exact to the street",
    Grade.VILLAGE: "exact to the village",
    Grade.TOWNSHIP: "township only",
    Grade.COUNTY: "county only",
    Grade.NONE: "no position",
}
CHANNELS: Final = {
    Channel.CALL: "Call",
    Channel.MESSAGE: "Message",
    Channel.VISIT: "Visit",
}
PROMISES: Final = {
    PromiseState.PENDING: "still open",
    PromiseState.KEPT: "kept in full",
    PromiseState.PARTLY: "kept in part",
    PromiseState.BROKEN: "not kept",
    PromiseState.LAPSED: "lapsed with its plan",
}
MEANS: Final = {
    Means.CALL: "Call",
    Means.MESSAGE: "Message",
    Means.VISIT: "Visit",
    Means.LEAD: "To the lead",
}
PARTS: Final = ("before 12:00", "12:00 to 17:00", "17:00 to 19:00", "from 19:00")
# Entries whose phrase needs no figure.
PLAIN: Final = {
    "hold.ended": "Pause ended",
    "exception": "Outside the contact rules",
    "override": "Rule set aside",
    "agreement": "Agreement recorded",
    "agreement.ended": "Agreement ended",
    "notice": "Visit announced",
    "needs": "Needs of a visit set",
    "remote.decided": "The lead decided about the area",
    "person.listed": "Taken over from a list",
    "plan.agreed": "Instalment plan agreed",
    "plan.approved": "Instalment plan approved",
    "plan.ended": "Instalment plan ended",
    "evidence": "Evidence added",
    "record.returned": "Record returned by the lead",
    "record.answered": "Returned record answered",
    "reveal": "Personal data looked at",
}
EXPORTS: Final = {
    "everything": "Everything exported",
    "dossier": "Dossier given out",
    "history": "History given out",
    "explanation": "Explanation for the person given out",
}


def outcome(code: str, result: str, language: str) -> str:
    """ "met, promised" for VIS-RPC + OUT-PTP; the code itself when it is unknown."""
    if code == "VIS-RPC" and result in RESULTS:
        return sentence(RESULTS[result], language)
    return sentence(CODES.get(code, code), language)


def title(kind: str, told: Told, zone: str, language: str) -> str:
    """What happened, in one phrase; the kind itself when it is unknown."""

    def say(text: str, **figures: object) -> str:
        return sentence(text, language, **figures)

    match kind:
        case "contact":
            return outcome(told["code"], str(told.get("result", "")), language)
        case "promise":
            amount = money_exact(told.get("amount"), language)
            return say("promised {money} by {day}", money=amount, day=told.get("due", NONE))
        case "payment":
            return say("paid {money}", money=money_exact(told.get("amount"), language))
        case "hold":
            return say("Paused: {why}", why=say(HOLDS[HoldKind(told["kind"])]))
        case "flag":
            text = "Marked: {what}" if told.get("on") else "Mark taken away: {what}"
            return say(text, what=say(FLAGS.get(Flag(told["flag"]), "marked")))
        case "address.judged":
            return say("Address confirmed" if told.get("valid") else "Address found to be wrong")
        case "address.placed":
            text = "Position confirmed: {grade}" if told.get("confirmed") else (
                "Position taken: {grade}"
            )  # fmt: skip
            return say(text, grade=say(GRADES[Grade(told["grade"])]))
        case "must":
            text = "To be visited on {day}" if told.get("on") else "Visit on {day} taken back"
            return say(text, day=told.get("date", NONE))
        case "change.proposed":
            phone = told.get("field") == "phone"
            return say("New phone number heard of" if phone else "New address heard of")
        case "change.decided":
            return say("Change accepted" if told.get("accepted") else "Change refused")
        case "plan.day":
            text = "In the plan of {day}" if told.get("kept") else "Taken out of the plan of {day}"
            return say(text, day=told.get("date", NONE))
        case "assigned":
            text = "Assigned to {who}" if told.get("collector_id") else "Assigned to nobody"
            return say(text, who=told.get("collector_id", NONE))
        case "step.set":
            text = "Next step: {means}, {day}"
            return say(text, means=say(MEANS[Means(told["means"])]), day=told.get("day", NONE))
        case "step.done":
            return say("Next step done" if told.get("how") == "done" else "Next step dropped")
        case "exception" if told.get("rule") == DISCLOSURE:
            return say("For the lead to look at")
        case "plan.agreed" if told.get("approval"):
            return say("Instalment plan proposed")
        case "plan.ended" if told.get("declined"):
            return say("Instalment plan declined")
        case "export":
            return say(EXPORTS.get(told["what"].partition("+")[0], "Plan given out"))
    return say(PLAIN[kind]) if kind in PLAIN else kind


def details(
    kind: str, at: datetime, told: Told, zone: str, language: str, *, promise: PromiseState | None,
    undone: bool,
) -> str:  # fmt: skip
    """Further facts of an entry: who, which number, notes."""
    parts = _details(kind, at, told, zone, language)
    if kind == "promise" and promise is not None:
        parts = [sentence(PROMISES[promise], language), *parts]
    if undone:
        parts = [sentence("undone", language), *parts]
    return " · ".join(part for part in parts if part)


def _details(kind: str, at: datetime, told: Told, zone: str, language: str) -> list[str]:
    def words(*names: str) -> list[str]:
        return [str(told.get(name) or "") for name in names]

    match kind:
        case "contact":
            return _contact(at, told, language)
        case "payment":
            return words("receipt")
        case "promise":
            return [_word(PAY_BY, told.get("channel"), language)]
        case "hold":
            reason = str(told.get("reason", ""))
            return [sentence(REASONS.get(reason, reason), language) if reason else "",
                    _until(told, zone, language)]  # fmt: skip
        case "exception":
            return [sentence(f"rule.{told.get('rule', '')}", language)]
        case "override":
            rule = sentence(f"rule.{told.get('rule', '')}", language)
            return [rule, _until(told, zone, language), *words("reason", "by")]
        case "agreement" | "notice":
            return words("evidence")
        case "needs":
            return [str(tag) for tag in told.get("tags") or ()]
        case "flag":
            return [_word(PAPERS, told.get("reason"), language), *words("by")]
        case "plan.ended" if told.get("reason") == "replaced":
            return [sentence("replaced by another plan", language), *words("by")]
        case "must" | "plan.ended" | "plan.approved" | "change.decided":
            return words("reason", "by")
        case "remote.decided":
            return words("reason")
        case "assigned":
            return words("reason", "by")
        case "record.returned" | "record.answered":
            return words("comment", "by")
        case "person.listed":
            return _listed(told, language)
        case "plan.agreed":
            return [_instalments(told, language), *words("by")]
        case "evidence":
            return [*words("name", "note"), _digest(told, language)]
        case "change.proposed":
            return words("source")
        case "plan.day":
            return _plan_day(told, zone, language)
        case "step.set":
            return _step(told, language)
        case "step.done":
            return words("by")
        case "reveal":
            return words("by")
        case "export":
            return [_persons(told, language), *words("by")]
    return []


def _contact(at: datetime, told: Told, language: str) -> list[str]:
    parts = []
    if isinstance(told.get("by"), list):
        parts.append(sentence("by {names}", language, names=", ".join(map(str, told["by"]))))
    if told.get("phone"):
        parts.append(mask_phone(str(told["phone"])))
    if told.get("leave"):
        minutes = (datetime.fromisoformat(str(told["leave"])) - at).total_seconds() / 60
        parts.append(sentence("{minutes} min", language, minutes=round(minutes)))
    if told.get("corrects"):
        parts.append(sentence("corrects an earlier entry", language))
    parts += [
        _word(table, told.get(name), language)
        for name, table in (("reason", REFUSED), ("shown", PAPERS), ("consent", CONSENT))
    ]
    if "disclosed" in told:
        parts.append(sentence(DISCLOSED[bool(told["disclosed"])], language))
    return [*parts, str(told.get("note") or "")]


def _word(table: Mapping[str, str], key: Any, language: str) -> str:
    """The words of a key; what is none stays as it was written, "" for nothing."""
    text = str(key or "")
    return sentence(table[text], language) if text in table else text


def _until(told: Told, zone: str, language: str) -> str:
    if not told.get("until"):
        return ""
    when = moment_text(datetime.fromisoformat(str(told["until"])), zone)
    return sentence("until {when}", language, when=when)


def _listed(told: Told, language: str) -> list[str]:
    """How much of it: loans, addresses, phone numbers."""
    keys = (("cases", "Loans: {n}"), ("addresses", "Addresses: {n}"), ("phones", "Phones: {n}"))
    return [sentence(text, language, n=len(told[key])) for key, text in keys if told.get(key)]


def _instalments(told: Told, language: str) -> str:
    rows = told.get("instalments") or []
    amount = money_exact(sum(one["amount"] for one in rows), language)
    last = rows[-1]["due"] if rows else NONE
    text = "Instalments: {n}, {money} in all, the last on {day}"
    return sentence(text, language, n=len(rows), money=amount, day=last)


def _digest(told: Told, language: str) -> str:
    return f"SHA-256 {told['sha256'][:16]}…" if told.get("sha256") else ""


def _plan_day(told: Told, zone: str, language: str) -> list[str]:
    start = moment_text(datetime.fromisoformat(told["start"]), zone)[-5:]
    text = "{crew}, stop {n} at {time}"
    place = sentence(text, language, crew=told["crew"], n=told["number"], time=start)
    reason = str(told.get("reason") or "")
    return [place, sentence("old data, because: {why}", language, why=reason) if reason else ""]


def _step(told: Told, language: str) -> list[str]:
    part = int(told["part"])
    goal = sentence(f"step.objective.{told['objective']}", language)
    return [sentence(PARTS[part], language) if part >= 0 else "", goal, str(told.get("by") or "")]


def _persons(told: Told, language: str) -> str:
    n = told.get("persons")
    return sentence("Persons: {n}", language, n=n) if n and not told.get("who") else ""

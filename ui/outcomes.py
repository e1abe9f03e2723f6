"""Words and tones of contact outcomes for lists: one short phrase per code."""

from ui.i18n import N_, _

_CODES = {
    "CALL-RPC": N_("spoke on the phone"),
    "CALL-TPC": N_("somebody else answered"),
    "CALL-NA": N_("no answer"),
    "CALL-BUSY": N_("busy"),
    "CALL-OFF": N_("phone off"),
    "CALL-REJ": N_("call declined"),
    "CALL-INV": N_("number invalid"),
    "MSG-SENT": N_("message sent"),
    "MSG-REPLY": N_("message answered"),
    "MSG-FAILED": N_("message not delivered"),
    "VIS-RPC": N_("met"),
    "VIS-TPC": N_("family only"),
    "VIS-NC": N_("nobody there"),
    "VIS-ADR-BAD": N_("address wrong"),
    "VIS-MOVED": N_("moved away"),
    "VIS-REFUSE": N_("did not want to talk"),
    "VIS-ABORT-SAFE": N_("left, unsafe"),
    "VIS-ABORT-VULN": N_("left, vulnerable person"),
    "VIS-ABORT-MINOR": N_("left, only a child there"),
}
_RESULTS = {
    "OUT-PAID": N_("met, paid"),
    "OUT-PTP": N_("met, promised"),
    "OUT-PLAN": N_("met, plan agreed"),
    "OUT-RTP": N_("met, no agreement"),
    "OUT-HARD": N_("met, hardship"),
    "OUT-DISP": N_("met, disputes"),
    "OUT-CTP": N_("met, says it is paid"),
    "OUT-CEASE": N_("met, asks for no contact"),
    "OUT-CMPL": N_("met, complaint"),
    "OUT-REP": N_("met, has a representative"),
}


def outcome_words(code: str, result: str = "") -> str:
    """ "met, promised" for VIS-RPC + OUT-PTP; the code itself when it is unknown."""
    if code == "VIS-RPC" and result in _RESULTS:
        return _(_RESULTS[result])
    return _(_CODES[code]) if code in _CODES else code


def outcome_tone(code: str) -> str:
    """Met people stand out; pauses and wrong addresses ask for a look."""
    if code.endswith("-RPC"):
        return "accent"
    if code in ("VIS-NC", "VIS-TPC") or code.startswith(("CALL-", "MSG-")):
        return "neutral"
    return "warn"

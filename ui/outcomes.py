"""Words and tones of contact outcomes for lists: one short phrase per code."""

from planner.export.told import outcome
from ui.i18n import language


def outcome_words(code: str, result: str = "") -> str:
    """ "met, promised" for VIS-RPC + OUT-PTP; the code itself when it is unknown."""
    return outcome(code, result, language())


def outcome_tone(code: str) -> str:
    """Met people stand out; pauses and wrong addresses ask for a look."""
    if code.endswith("-RPC"):
        return "accent"
    if code in ("VIS-NC", "VIS-TPC") or code.startswith(("CALL-", "MSG-")):
        return "neutral"
    return "warn"

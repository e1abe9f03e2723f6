"""Whatever the import can say has words in both languages."""

import re
from pathlib import Path

import pytest

import planner.intake
from planner.intake.pipe import CODES
from planner.intake.records import Fault, Note, fault_words, note_words, shorten
from planner.words import catalogue

SOURCE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted(Path(planner.intake.__path__[0]).glob("*.py"))
)


def used(area: str) -> set[str]:
    """Codes of an area that stand in the source: as Bad, a fault, a note or a damage's name."""
    if area == "note":
        return set(re.findall(r'Note\(\s*"([a-z_]+)"', SOURCE))
    found = set(re.findall(r'(?:Bad|_Wrong)\(\s*"([a-z_]+)"', SOURCE))
    found |= set(re.findall(r'fault\(\s*[^()]*?(?:\([^()]*\)[^()]*?)?,\s*"([a-z_]+)",', SOURCE))
    return found | set(re.findall(r'return (?:None, )?"((?:id|phone|date)_[a-z_]+)"', SOURCE))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("area", ["fault", "note"])
def test_every_code_has_words(area: str, language: str) -> None:
    """Each fault and note code in the source has a sentence of its own."""
    codes = used(area)
    assert len(codes) >= (60 if area == "fault" else 7)
    texts = catalogue(language)
    assert [c for c in sorted(codes) if texts.gettext(f"{area}.{c}") == f"{area}.{c}"] == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_refusal_has_words(language: str) -> None:
    """Each reason the confined process may give has a sentence."""
    texts = catalogue(language)
    missing = [c for c in sorted(CODES) if texts.gettext(f"error.intake.{c}").startswith("error.")]
    assert missing == []


def test_refusals_are_the_known_ones() -> None:
    """The confined process gives no reason that the parent would not pass on."""
    said = set(re.findall(r'Refused\(\s*"([a-z_]+)"', SOURCE))
    assert said | {"too_large", "damaged"} == CODES


def test_no_word_is_left_over() -> None:
    """The catalogue holds no sentence for a fault that cannot happen."""
    path = Path(planner.intake.__path__[0]).parents[1] / "resources/locale/en/intake.po"
    known = set(re.findall(r'msgid "fault\.([a-z_]+)"', path.read_text(encoding="utf-8")))
    # Found by the writing side, which knows who is in the book.
    elsewhere = {"unknown_person", "address_unknown", "other_name", "several", "set_aside"}
    assert known - elsewhere <= set(re.findall(r'"([a-z_]+)"', SOURCE))


def test_words_fill_in_what_was_found() -> None:
    """Value and figures of a fault stand in its sentence; a long value is shortened."""
    fault = Fault("a.csv", 7, "金额", "amount_rounded", "1.2万", {"yuan": "12,000.00"})
    assert "1.2万" in fault_words(fault, "zh_CN")
    assert "12,000.00" in fault_words(fault, "en")
    assert "3" in note_words(Note("totals_skipped", {"count": 3}), "en")
    assert shorten("a\nb " * 40).startswith("a b a b")
    assert len(shorten("x" * 500)) == 60

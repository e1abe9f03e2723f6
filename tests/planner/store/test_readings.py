"""Pinyin of single characters for the search."""

import subprocess
import sys

import pypinyin
import pytest

from planner.store import search
from planner.store.readings import readings

PLAIN = [*range(0x3400, 0xA000)]
RARE = [*range(0x20000, 0x323B0, 7)]


def test_every_character_is_read_as_by_the_dictionary() -> None:
    """The program's own table says of each character what pypinyin says of it by itself."""
    wrong = []
    for character in map(chr, [*PLAIN, *RARE]):
        told = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True)[0]
        if readings(character) != tuple(dict.fromkeys(told))[:3]:
            wrong.append(character)
    assert not wrong


@pytest.mark.parametrize(("name", "word"), [("单雄", "shanxiong"), ("单雄", "dx"), ("曾强", "zq")])
def test_names_are_found_by_each_reading(name: str, word: str) -> None:
    """A surname with a reading of its own is found by it and by the usual one."""
    assert word in search.name_words(name)


def test_indexing_a_name_loads_no_dictionary_of_words() -> None:
    """Search words are made without the large dictionaries, whose loading would hold the window."""
    said = "import sys; from planner.store.search import name_words; name_words('单雄');"
    said += "sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0

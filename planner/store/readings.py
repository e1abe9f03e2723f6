"""How single Chinese characters are read, for the search: `resources/pinyin/readings.txt`.

The table says what pypinyin says of each character by itself, without the quarter of a second and
the 43 MB that its dictionary of whole words takes. `packaging/readings.py` makes it.
"""

from functools import cache

from planner.paths import resources


def readings(character: str) -> tuple[str, ...]:
    """The pinyin of a character without tones, the most usual first and at most three; one that
    nobody knows how to read stands for itself."""
    return _table().get(character) or (character,)


@cache
def _table() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    text = (resources() / "pinyin" / "readings.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        syllables, _, characters = line.partition("\t")
        found.update(dict.fromkeys(characters, tuple(syllables.split())))
    return found

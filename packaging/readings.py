"""The pinyin of single characters: resources/pinyin/readings.txt, made anew from pypinyin.

    .venv/bin/python packaging/readings.py [OUT]

A line holds up to three readings without tones, a tab, and the characters that are read so.
"""

import argparse
import re
from pathlib import Path

import pypinyin
from pypinyin.constants import PINYIN_DICT

MOST = 3  # readings: 单 is dan, chan, and shan as a surname
HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
OUT = Path(__file__).resolve().parent.parent / "resources" / "pinyin" / "readings.txt"


def made() -> str:
    """The text of the table."""
    groups: dict[str, list[str]] = {}
    for character in map(chr, sorted(PINYIN_DICT)):
        if HAN.fullmatch(character):
            read = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True)[0]
            some = list(dict.fromkeys(read))[:MOST]
            groups.setdefault(" ".join(some), []).append(character)
    return "".join(f"{name}\t{''.join(some)}\n" for name, some in sorted(groups.items()))


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("out", nargs="?", type=Path, default=OUT)
    out = parser.parse_args().out
    out.write_text(made(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

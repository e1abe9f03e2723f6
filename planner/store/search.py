"""The search column: words of a person that a short query can hit, and queries for it.

Chinese names have two or three characters, so SQLite's own tokenizers find nothing; we write the
words ourselves: characters and bigrams, pinyin and its initials, numbers and their last four.
"""

import itertools
import json
import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from planner.store.driver import Connection
from planner.store.readings import readings

TAIL = 4
_COMBINATIONS = 12  # per name
_SPELT = 5  # characters of a name
_CHUNK = 5000  # persons at a time
_NO_NUMBER = re.compile(r"[^0-9a-z]")
_PIECES = re.compile(r"[0-9a-z]+|[\u3400-\u9fff\U00020000-\U000323af]+|[^\W\d_]+")


def _spellings(name: str) -> Sequence[tuple[str, ...]]:
    """Ways to read a name, those with the fewest rare readings first."""
    read = [readings(character) for character in name]
    every = list(itertools.product(*read))
    if len(every) > _COMBINATIONS:
        first = [one[0] for one in read]
        every.sort(key=lambda way: sum(map(operator.ne, way, first)))
    return every[:_COMBINATIONS]


def _is_han(piece: str) -> bool:
    return piece[0] >= "\u3400"


def _han(piece: str) -> list[str]:
    return [*piece, *map("".join, itertools.pairwise(piece))]


@lru_cache(maxsize=16_384)
def name_words(name: str) -> tuple[str, ...]:
    """Words by which a name is found: its characters and bigrams, pinyin, initials."""
    found: list[str] = []
    for piece in _PIECES.findall(name.lower()):
        if not _is_han(piece):
            found.append(piece)
            continue
        found += _han(piece)
        for syllables in _spellings(piece[:_SPELT]):
            found.append("".join(syllables))
            found.append("".join([syllable[0] for syllable in syllables]))
    return tuple(found)


def number_words(number: str) -> tuple[str, ...]:
    """A phone or ID number: whole, and its last four characters."""
    plain = number.lower()
    if not (plain.isascii() and plain.isalnum()):
        plain = _NO_NUMBER.sub("", plain)
    return (plain, plain[-TAIL:]) if plain else ()


def place_words(text: str) -> Iterator[str]:
    """A township: its characters and bigrams, or its Latin words."""
    for piece in _PIECES.findall(text.lower()):
        yield from _han(piece) if _is_han(piece) else (piece,)


def street_words(text: str) -> list[str]:
    """The text of an address: its bigrams, numbers and Latin words; no single characters but such
    as stand alone (号), for everybody's address has the usual ones."""
    found: list[str] = []
    for piece in _PIECES.findall(text.lower()):
        if _is_han(piece):
            found += _bigrams(piece)
        else:
            found.append(piece)
    return found


@lru_cache(maxsize=65_536)
def _bigrams(piece: str) -> tuple[str, ...]:
    return tuple(map("".join, itertools.pairwise(piece))) or (piece,)


def case_words(case_id: str) -> tuple[str, ...]:
    """The parts of a case number, and the number without its punctuation."""
    lender, _, contract = case_id.lower().rpartition("/")
    if contract.isascii() and contract.isalnum():  # one piece
        return (*_place(lender), contract, contract[-TAIL:])
    return (*_place(lender), *_PIECES.findall(contract), *number_words(contract))


def refresh(conn: Connection, pids: Sequence[int]) -> None:
    """Write the search words of these persons anew from the derived tables."""
    for first in range(0, len(pids), _CHUNK):
        _refresh(conn, pids[first : first + _CHUNK])


def _refresh(conn: Connection, pids: Sequence[int]) -> None:
    asked = (json.dumps(list(pids)),)
    chosen = "pid IN (SELECT value FROM json_each(?))"
    places: dict[int, list[tuple[str, str]]] = {}
    for pid, township, text in conn.execute(
        f"SELECT pid, township, text FROM address WHERE {chosen}", asked
    ):
        places.setdefault(pid, []).append((township, text))
    cases: dict[int, list[str]] = {}
    for pid, case_id in conn.execute(f"SELECT pid, case_id FROM loan WHERE {chosen}", asked):
        cases.setdefault(pid, []).append(case_id)
    persons = {
        pid: (name, id_number, json.loads(phones) if phones != "[]" else ())
        for pid, name, id_number, phones in conn.execute(
            f"SELECT pid, name, id_number, phones FROM person WHERE {chosen}", asked
        )
    }
    nobody: tuple[str, str, Sequence[str]] = ("", "", ())
    put(
        conn,
        [
            (pid, words(*persons.get(pid, nobody), places.get(pid, ()), cases.get(pid, ())))
            for pid in persons | places | cases
        ],
    )


def words(
    name: str,
    id_number: str,
    phones: Iterable[str],
    places: Iterable[tuple[str, str]],
    case_ids: Iterable[str],
) -> str:
    """All words of a person; `places` are (township, text)."""
    found = [*name_words(name), *number_words(id_number)]
    for phone in phones:
        found += number_words(phone)
    for township, text in places:
        found += _place(township)
        found += street_words(text)
    for case_id in case_ids:
        found += case_words(case_id)
    return " ".join(dict.fromkeys(found))


def put(conn: Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Write (number, words) of persons, instead of what was there."""
    conn.executemany("INSERT OR REPLACE INTO search (rowid, words) VALUES (?, ?)", rows)


@cache
def _place(township: str) -> tuple[str, ...]:
    return tuple(place_words(township))


def renew(conn: Connection) -> None:
    """Write everybody's search words anew; in the caller's transaction."""
    pids = [pid for (pid,) in conn.execute("SELECT pid FROM person ORDER BY pid")]
    refresh(conn, pids)


def forget(conn: Connection, pids: Sequence[int]) -> None:
    """Remove these persons from the search column."""
    conn.executemany("DELETE FROM search WHERE rowid = ?", ((pid,) for pid in pids))


def match(text: str, *, tails: bool = False) -> str:
    """The full-text query for what a user typed; "" when nothing in it can be looked for.

    Every piece must hit. Chinese pieces by bigram, letters and numbers by their beginning. With
    `tails` longer numbers hit by their last four too; such hits must be compared in full.
    """
    parts = []
    for piece in _PIECES.findall(text.lower()):
        if _is_han(piece):
            grams = list(map("".join, itertools.pairwise(piece))) or [piece]
            parts += [f'"{gram}"' for gram in grams]
        elif tails and _is_long_number(piece):
            parts.append(f'("{piece}"* OR "{piece[-TAIL:]}")')
        else:
            parts.append(f'"{piece}"*')
    return " AND ".join(parts)


def long_numbers(text: str) -> list[str]:
    """The typed numbers of more than four characters."""
    return list(filter(_is_long_number, _PIECES.findall(text.lower())))


def _is_long_number(piece: str) -> bool:
    return len(piece) > TAIL and not _is_han(piece) and any(mark.isdigit() for mark in piece)

"""How easily a passphrase is guessed, in a word: no figures that nobody can check."""

import math
import re
from enum import IntEnum
from itertools import pairwise

from planner.store.keys import MIN_PASSPHRASE

_CLASSES = (
    (re.compile(r"[a-z]"), 26),
    (re.compile(r"[A-Z]"), 26),
    (re.compile(r"[0-9]"), 10),
    (re.compile(r"[!-/:-@\[-`{-~ ]"), 33),
    (re.compile(r"[^\x00-\x7f]"), 2000),
)
# What is tried first by whoever guesses; compared without case, figures at the ends and signs.
_COMMON = frozenset(
    (
        "password", "passwort", "passw", "qwerty", "qwertyuiop", "asdfgh", "zxcvbn", "iloveyou",
        "welcome", "admin", "letmein", "woaini", "nihao", "mima", "abc", "abcd", "abcdef", "test",
        "fairvisit",
    )
)  # fmt: skip
_FAIR, _STRONG = 45.0, 65.0  # bits of a naive search


class Strength(IntEnum):
    """From "cannot be set" to "will do for years"."""

    SHORT = 0
    WEAK = 1
    FAIR = 2
    STRONG = 3


def strength(words: str) -> Strength:
    """Judge a passphrase: length, kinds of characters, repeats, runs and the usual ones.

    A naive measure on purpose: length times the logarithm of the alphabet, where a character that
    repeats or continues a run counts a quarter. It is meant to steer away from bad ones.
    """
    if len(words) < MIN_PASSPHRASE:
        return Strength.SHORT
    core = re.sub(r"[^a-z]", "", words.lower())
    if core in _COMMON:
        return Strength.WEAK
    if words.isdigit() and len(words) < 20:
        return Strength.WEAK
    alphabet = sum(size for pattern, size in _CLASSES if pattern.search(words))
    bits = _length(words) * math.log2(max(2, alphabet))
    if bits < _FAIR or len(set(words)) < 5:
        return Strength.WEAK
    return Strength.STRONG if bits >= _STRONG else Strength.FAIR


def _length(words: str) -> float:
    total = 1.0
    for before, letter in pairwise(words):
        step = ord(letter) - ord(before)
        total += 0.25 if abs(step) <= 1 else 1.0
    return total

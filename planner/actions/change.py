"""What a deed changed: the one thing every view is told."""

from enum import Flag, auto


class Change(Flag):
    """Kinds of data that a deed touched."""

    NOTHING = 0
    CASES = auto()
    CONTACTS = auto()
    PLAN = auto()
    CREWS = auto()
    SETTINGS = auto()
    LAYERS = auto()
    ALL = CASES | CONTACTS | PLAN | CREWS | SETTINGS | LAYERS

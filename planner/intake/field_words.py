"""What the fields of a table from outside are called, in words. Catalogue: import.po."""

from planner.intake.synonyms import ADVICE, TABLES
from planner.words import sentence


def fields_of(kind: str) -> list[str]:
    """The fields that a column of a file of `kind` ("cases", "history", "crews") can be read as."""
    return [name for name in TABLES[kind] if name != ADVICE]


def field_words(kind: str, name: str, language: str | None = None) -> str:
    """The name of a field, such as "Amount overdue" or "Work: latitude"."""
    if kind == "cases" and name.startswith("mark."):
        return sentence("field.mark", language, mark=sentence(f"field.{name}", language))
    if kind == "cases" and "." in name:
        place, part = name.split(".")
        if place == "place":
            return sentence(f"field.part.{part}", language)
        what = sentence(f"field.slot.{place}", language)
        if part == "text":
            return what
        return sentence("field.of_place", language, place=what,
                        part=sentence(f"field.part.{part}", language))  # fmt: skip
    return sentence(f"field.{kind}.{name}", language)


def field_help(name: str, language: str | None = None) -> str:
    """How a field of a list of cases is written, for a template."""
    return sentence(f"field.help.{name}", language)

"""What `import --preview` prints: differences first, names masked, nothing written."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, get_args

from planner.actions.import_files import Choice
from planner.actions.import_preview import (
    Difference,
    FilePreview,
    Preview,
    What,
    look_with_choices,
)
from planner.cli_json import fault_json, masked, table
from planner.intake.records import note_words
from planner.store.store import Store
from planner.words import sentence

_PERSONAL = frozenset({"name", "id_number", "phones", "address"})
_SHOWN = 50  # differences that the readable text lists


def choices_for(
    store: Store,
    paths: Sequence[Path],
    *,
    lender: str,
    complete: bool,
    as_of: date | None,
    datum: str = "",
) -> dict[str, Choice]:
    """What was decided in the window about files with these headers, and what the options say.

    Raises what `look_with_choices` raises.
    """
    found = {}
    for path in paths:
        _, kept = look_with_choices(store, path)
        found[path.name] = Choice(
            kept.chosen, lender or kept.lender, complete, as_of, datum or kept.datum
        )
    return found


def preview_json(preview: Preview) -> dict[str, Any]:
    """Counts, differences, questions and faults; names and numbers of persons masked."""
    return {
        "files": [_file_json(one) for one in preview.files],
        "faults": [fault_json(fault) for one in preview.files for fault in one.faults],
    }


def _file_json(one: FilePreview) -> dict[str, Any]:
    counts: dict[str, int] = {what: one.count(what) for what in get_args(What)}
    counts |= {"unchanged": one.unchanged, "faulty": one.faulty, "questions": len(one.questions)}
    if one.kind != "cases":
        counts |= {"new": one.added, "changed": one.changed}
    return {
        "name": one.name, "kind": one.kind, "rows": one.rows, "counts": counts,
        "notes": [note_words(note) for note in one.notes],
        "differences": [_difference_json(difference) for difference in one.differences],
        "questions": [
            {"row": q.row, "name": masked(q.name), "doubt": q.doubt,
             "known": [who for who, _ in q.known]}
            for q in one.questions
        ],
    }  # fmt: skip


def _difference_json(one: Difference) -> dict[str, Any]:
    return {
        "what": one.what, "debtor": one.debtor_id, "name": masked(one.name), "case": one.case_id,
        "amount": one.amount,
        "fields": [
            {"field": name, "old": _plain(name, old), "new": _plain(name, new)}
            for name, old, new in one.fields
        ],
    }  # fmt: skip


def _plain(name: str, value: Any) -> Any:
    return masked(value) if name in _PERSONAL and value else value


def preview_text(data: dict[str, Any]) -> str:
    """A table of counts per file, the first differences, the questions."""
    keys = (*get_args(What), "unchanged", "faulty", "questions")
    head = [sentence("cli.head.file"), *(sentence(f"cli.preview.{key}") for key in keys)]
    text = table(head, [
        [one["name"], *(str(one["counts"][key]) for key in keys)] for one in data["files"]
    ])  # fmt: skip
    lines = [
        [sentence(f"cli.preview.{d['what']}"), d["name"], d["case"],
         ", ".join(f"{f['field']}: {f['old']} -> {f['new']}" for f in d["fields"])]
        for one in data["files"] for d in one["differences"]
    ]  # fmt: skip
    if lines:
        titles = [sentence(f"cli.preview.{key}") for key in ("what", "person", "case", "fields")]
        text += "\n\n" + table(titles, lines[:_SHOWN])
    if len(lines) > _SHOWN:
        text += "\n" + sentence("cli.preview.more", count=len(lines) - _SHOWN)
    return text + "\n\n" + sentence("cli.preview.nothing_written")

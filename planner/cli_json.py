"""What the command line prints: one JSON shape and one readable text per verb."""

import json
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from planner.actions.conflicts import CODE as CONFLICT
from planner.actions.import_files import ImportReport
from planner.actions.rank import Ranking
from planner.actions.record import Recorded
from planner.domain.facts import NEVER, moment
from planner.errors import PlannerError
from planner.intake.records import Fault, fault_words, note_words
from planner.policy.check import Answer
from planner.ranking.score import PARTS
from planner.store.people import PersonRow, load_rows
from planner.store.store import Store
from planner.store.unplaced import weak_addresses
from planner.store.verify import Report
from planner.words import explain, sentence


def _local(at: datetime | None, zone: str) -> str | None:
    return None if at is None else at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _width(text: str) -> int:
    """Columns a terminal needs: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A plain table; columns of numbers are right-aligned."""
    widths = [max(_width(cell) for cell in column) for column in zip(head, *rows, strict=True)]

    def cell(text: str, k: int) -> str:
        gap = " " * (widths[k] - _width(text))
        numeric = text.replace(",", "").replace(".", "").lstrip("-").isdigit()
        return gap + text if numeric else text + gap

    lines = ["  ".join(cell(text, k) for k, text in enumerate(row)).rstrip() for row in rows]
    ruled = "  ".join(text + " " * (widths[k] - _width(text)) for k, text in enumerate(head))
    return "\n".join([ruled.rstrip(), "-" * min(100, sum(widths) + 2 * len(widths) - 2), *lines])


def masked(name: str) -> str:
    """A name as it is shown by default: the first character and stars."""
    return name[:1] + "*" * (1 if len(name) < 3 else 2) if name else "--"


def money(minor: int) -> str:
    """Minor units as a plain amount: 124,000.00 without needless zeros."""
    return f"{minor / 100:,.2f}".removesuffix(".00")


def read_json(path: Path) -> Any:
    """The JSON in `path`; PlannerError("file.…") when it cannot be read or parsed."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlannerError("file.unreadable", file=path.name, why=error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise PlannerError("file.not_json", file=path.name) from error


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write `data` to `path`, whole or not at all."""
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(data, ensure_ascii=False, indent=2), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise PlannerError("file.unwritable", file=path.name, why=error.strerror) from error


# import


def fault_json(fault: Fault) -> dict[str, Any]:
    """One faulty cell with the sentence that says what to do."""
    return {
        "file": fault.file,
        "row": fault.row,
        "column": fault.column,
        "code": fault.code,
        "value": fault.value,
        "note": fault.note,
        "message": fault_words(fault),
    }


def import_json(report: ImportReport) -> dict[str, Any]:
    """Counts per file, faults, and the batch that undoes the import."""
    return {
        "files": [
            {
                "name": f.name, "kind": f.kind, "rows": f.rows, "added": f.added,
                "changed": f.changed, "unchanged": f.unchanged, "faulty": f.faulty,
                "notes": [note_words(note) for note in f.notes],
            }
            for f in report.files
        ],
        "faults": [fault_json(fault) for fault in report.faults],
        "batch": report.batch.hex() if report.batch else None,
    }  # fmt: skip


def import_text(data: dict[str, Any]) -> str:
    """The import as two tables, files and faults, with the remarks about whole files between."""
    keys = ("name", "kind", "rows", "added", "changed", "unchanged", "faulty")
    head = [sentence(f"cli.head.{key}") for key in keys]
    text = table(head, [[str(f[key]) for key in keys] for f in data["files"]])
    notes = [f"{f['name']}: {note}" for f in data["files"] for note in f["notes"]]
    if notes:
        text += "\n\n" + "\n".join(notes)
    if data["faults"]:
        places = ("file", "row", "column", "message")
        faults = [[str(f[key]) for key in places] for f in data["faults"]]
        text += "\n\n" + table([sentence(f"cli.head.{key}") for key in places], faults)
    return text


# rank


def ranking_json(store: Store, ranking: Ranking, limit: int) -> dict[str, Any]:
    """The first `limit` persons with points, parts, value and gate, and the size of each tab."""
    counts: dict[str, int] = {}
    for i in range(ranking.table.n):
        counts[ranking.tab(i)] = counts.get(ranking.tab(i), 0) + 1
    rows = ranking.order[:limit].tolist()
    ids = [ranking.table.debtor_ids[i] for i in rows]
    with store.read() as conn:
        people = {row.debtor_id: row for row in load_rows(conn, ids)}
    return {
        "date": ranking.day.isoformat(),
        "policy": ranking.policy.version,
        "ranking": ranking.params.version,
        "counts": counts,
        "persons": [_person_json(store, ranking, i, people) for i in rows],
    }


def _person_json(store: Store, ranking: Ranking, i: int, people: dict[str, Any]) -> dict[str, Any]:
    scores = ranking.scores
    until = int(ranking.verdicts.until[i])
    who = ranking.table.debtor_ids[i]
    return {
        "debtor": who,
        "name": masked(people[who].name),
        "cases": int(ranking.table.open_cases[i]),
        "amount": int(ranking.table.amount[i]),
        "days_past_due": ranking.day.toordinal() - int(ranking.table.overdue_since[i]),
        "points": round(float(scores.points[i]), 6),
        "parts": {part: round(float(scores.parts[i, k]), 6) for k, part in enumerate(PARTS)},
        "value": int(scores.value[i]),
        "travel_share": int(scores.travel_share[i]),
        "worth": bool(scores.worth[i]),
        "gate": ranking.rule(i),
        "tab": ranking.tab(i),
        "until": None if until in (0, NEVER) else _local(moment(until), store.zone),
    }


def ranking_text(data: dict[str, Any]) -> str:
    """The ranking as a table of the first persons."""
    keys = ("rank", "points", "name", "amount", "days", "value", "gate", "debtor")
    rows = [
        [
            str(place), f"{p['points']:.1f}", p["name"], money(p["amount"]),
            str(p["days_past_due"]), money(p["value"]),
            sentence(f"tab.{p['tab']}"), p["debtor"],
        ]
        for place, p in enumerate(data["persons"], 1)
    ]  # fmt: skip
    if not rows:
        return sentence("cli.nobody")
    return table([sentence(f"cli.head.{key}") for key in keys], rows)


# plan


def plan_text(data: dict[str, Any], store: Store) -> str:
    """First who has to be visited and cannot be; then the plan as one table per crew, the totals,
    and how many were left out for which reason."""
    conflicts = [left for left in data["not_planned"] if left["reason"] == CONFLICT]
    ids = [stop["debtor"] for route in data["routes"] for stop in route["stops"]]
    ids += [who for one in conflicts for who in (one["debtor"], one.get("stop", "")) if who]
    with store.read() as conn:
        people = {row.debtor_id: row for row in load_rows(conn, ids)}
        grades = weak_addresses(conn, ids)
    keys = ("rank", "arrive", "leave", "name", "place", "value", "debtor")
    head = [sentence(f"cli.head.{key}") for key in keys]
    parts = []
    for route in data["routes"]:
        rows = [
            [
                str(k), stop["arrive"][11:16], stop["leave"][11:16],
                masked(people[stop["debtor"]].name), people[stop["debtor"]].township,
                money(stop["value"]), stop["debtor"],
            ]
            for k, stop in enumerate(route["stops"], 1)
        ]  # fmt: skip
        title = sentence(
            "cli.crew", crew=route["crew"], members=", ".join(masked(m) for m in route["members"]),
            km=f"{route['metres'] / 1000:.0f}", back=route["back"][11:16],
        )  # fmt: skip
        for name in ("slept", "sleeps"):
            if route.get(name):
                title += sentence(f"cli.{name}", place=route[name]["name"])
        parts.append(f"{title}\n{table(head, rows)}" if rows else title)
    totals = data["totals"]
    reasons: dict[str, int] = {}
    for left in data["not_planned"]:
        reasons[left["reason"]] = reasons.get(left["reason"], 0) + 1
    parts.append(
        sentence(
            "cli.totals", date=data["date"], stops=totals["stops"],
            km=f"{totals['metres'] / 1000:.0f}", expected=money(totals["value"] - totals["cost"]),
            cost=money(totals["cost"]), left=len(data["not_planned"]),
        )
    )  # fmt: skip
    if totals.get("estimated_legs"):
        parts.append(sentence("cli.legs", estimated=totals["estimated_legs"], legs=totals["legs"]))
    weak = sum(stop["address"] in grades for route in data["routes"] for stop in route["stops"])
    if weak:
        parts.append(sentence("cli.places.weak", weak=weak, stops=totals["stops"]))
    parts += [f"  {count:5d}  {sentence('reason.' + code + '.short')}"
              for code, count in sorted(reasons.items())]  # fmt: skip
    crews = len(data["routes"])
    text = "\n\n".join(parts[:crews]) + "\n\n" + "\n".join(parts[crews:])
    return "\n".join([*_conflict_lines(conflicts, people), text])


def _conflict_lines(conflicts: list[dict[str, Any]], people: dict[str, PersonRow]) -> list[str]:
    """Who has to be visited and cannot be, each with the conflict in words; a blank line last."""
    lines = [sentence("cli.must")] if conflicts else []
    for one in conflicts:
        told = {**one, "short_seconds": f"{-(-one.get('short_seconds', 0) // 60)} min"}
        told["stop"] = masked(people[one["stop"]].name) if "stop" in one else ""
        told["rule"] = sentence(f"rule.{one.get('rule', '')}")
        why = sentence(f"reason.{CONFLICT}.{one['by']}", **told)
        name = masked(people[one["debtor"]].name)
        lines.append(sentence("cli.must.line", name=name, debtor=one["debtor"], why=why))
    return [*lines, ""] if lines else []


def week_text(data: dict[str, Any], store: Store) -> str:
    """The plans of a week, one below the other."""
    return "\n\n".join(plan_text(day, store) for day in data["days"])


# record, check, solve, verify


def recorded_json(done: Recorded, zone: str) -> dict[str, Any]:
    """The batch that undoes it, rules it broke, and when a next visit is allowed by which rule."""
    return {
        "batch": done.batch.hex(),
        "broken_rules": list(done.broken_rules),
        "rule": done.rule,
        "next_allowed": _local(done.next_allowed, zone),
    }


def recorded_text(data: dict[str, Any]) -> str:
    """What was recorded, in one or two sentences."""
    lines = [sentence("cli.recorded", batch=data["batch"])]
    lines += [sentence("cli.broken", rule=sentence(f"rule.{r}")) for r in data["broken_rules"]]
    if data["rule"]:
        lines.append(answer_text({"allowed": False} | data))
    return "\n".join(lines)


def answer_json(answer: Answer, zone: str) -> dict[str, Any]:
    """The rules' answer: allowed, and if not the rule, its source and the next moment."""
    return {
        "allowed": answer.allowed,
        "rule": answer.rule,
        "source": answer.source,
        "next_allowed": _local(answer.next_allowed, zone),
        "left_today": answer.left_today,
        "override": list(answer.override),
    }


def answer_text(data: dict[str, Any]) -> str:
    """The answer in words."""
    if data["allowed"]:
        return sentence("cli.allowed")
    until = data["next_allowed"]
    words = sentence(f"rule.{data['rule']}")
    if until is None:
        return sentence("cli.barred", rule=words)
    return sentence("cli.barred_until", rule=words, until=until[:16].replace("T", " "))


def solution_text(data: dict[str, Any]) -> str:
    """A solution in one sentence."""
    visits = sum(len(route["stops"]) for route in data["routes"])
    return sentence(
        "cli.solution", objective=data["objective"], visits=visits,
        unserved=len(data["unserved"]), seconds=f"{data['seconds']:.1f}",
    )  # fmt: skip


def verify_json(report: Report) -> dict[str, Any]:
    """Whether the history is whole, and the first things that are not."""
    return {
        "ok": report.ok,
        "events": report.events,
        "problems": [
            {"code": code, "message": explain(PlannerError(code, **params))}
            for code, params in report.problems
        ],
    }


def verify_text(data: dict[str, Any]) -> str:
    """The check in words."""
    if data["ok"]:
        return sentence("cli.verified", events=data["events"])
    return "\n".join(problem["message"] for problem in data["problems"])

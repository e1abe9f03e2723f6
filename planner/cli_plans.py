"""Verbs about instalment plans and what falls due: terms, proposals, agreements, the due list."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from planner.actions.due import DueLine, due_list
from planner.actions.plans_agreed import (
    USUAL,
    Basis,
    agree_plan,
    approve_plan,
    basis,
    drop_terms,
    end_plan,
    load_terms,
    plans_of,
    propose,
    save_terms,
    terms_of,
)
from planner.actions.plans_waiting import decline_plan, waiting_plans
from planner.cli_tools import (
    DAY,
    day_or_today,
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.clock import system_clock
from planner.domain.instalments import Household, Variant
from planner.errors import PlannerError
from planner.export.agreement import Draft, agreement
from planner.store.store import Store
from planner.words import sentence

_MINOR = click.IntRange(min=0)
_LANGUAGES = click.Choice(["en", "zh_CN", "both"])


def _variant_json(one: Variant) -> dict[str, Any]:
    return {
        "kind": one.kind, "down": one.down, "months": one.months, "waived": one.waived,
        "total": one.total, "share": round(one.share, 3), "approval": list(one.approval),
        "instalments": [{"due": part.due.isoformat(), "amount": part.amount}
                        for part in one.instalments],
    }  # fmt: skip


def _household(command: Any) -> Any:
    """The options that describe a household's month, and the plan that is wanted."""
    for option in (
        click.option("--debtor", required=True),
        click.option("--income", type=_MINOR, required=True, help="A month, minor units."),
        click.option("--living", type=_MINOR, required=True),
        click.option("--home", type=_MINOR, default=0),
        click.option("--dependants", type=_MINOR, default=0),
        click.option("--other-debts", type=_MINOR, default=0),
        click.option("--first", type=DAY, help="Day of the first instalment."),
        click.option("--down", type=_MINOR, default=0, help="Paid at once."),
    ):
        command = option(command)
    return command


def _asked(store: Store, given: dict[str, Any], day: date) -> tuple[Basis, tuple[Variant, ...]]:
    whom = basis(store, given["debtor"], day)
    told = {name: given[name] for name in Household.__dataclass_fields__}
    first = given["first"].date() if given["first"] else whom.first
    if first < day:
        raise PlannerError("instalments.due_in_past")
    return whom, propose(store, whom, Household(**told), first, down=given["down"])


@click.command("instalments")
@_household
@workspace_option
@refusing
def instalments_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """Propose instalment plans that a household can keep; nothing is recorded."""
    with open_workspace(workspace) as store:
        day = day_or_today(None, store)
        whom, found = _asked(store, given, day)
    data = {"debt": whom.debt, "terms": asdict(whom.terms),
            "variants": [_variant_json(one) for one in found]}  # fmt: skip

    def lines(told: dict[str, Any]) -> str:
        if not told["variants"]:
            return sentence("instalments.none")
        return "\n".join(
            sentence(
                "instalments.variant", kind=one["kind"], months=one["months"],
                each=_yuan(one["instalments"][0]["amount"]), last=one["instalments"][-1]["due"],
                total=_yuan(one["total"]), waived=_yuan(one["waived"]),
                approval=", ".join(one["approval"]) or "-",
            )
            for one in told["variants"]
        )  # fmt: skip

    say(data, as_json, lines)


@click.command("agree-plan")
@_household
@click.option("--variant", "kind", default="", help="fast, easy, waiver or least; default: first.")
@click.option("--consent", is_flag=True, help="The person agreed that the figures are kept.")
@words_option("--by", default="", help="Who agreed it with the person.")
@click.option("--draft", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the draft agreement as PDF here.")  # fmt: skip
@click.option("--draft-language", type=_LANGUAGES, default="zh_CN", show_default=True)
@workspace_option
@refusing
def agree_plan_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """Record an instalment plan that was agreed with a person."""
    with open_workspace(workspace) as store:
        day = day_or_today(None, store)
        whom, found = _asked(store, given, day)
        chosen = next((one for one in found if given["kind"] in ("", one.kind)), None)
        if chosen is None:
            raise PlannerError("instalments.no_variant")
        told = {name: given[name] for name in Household.__dataclass_fields__}
        terms = terms_of(chosen, whom, day, Household(**told) if given["consent"] else None)
        if given["draft"]:  # first: a file that cannot be written leaves no plan behind
            languages = (
                ("zh_CN", "en") if given["draft_language"] == "both" else (given["draft_language"],)
            )
            agreement(Draft(whom, terms, system_clock()), given["draft"], languages)
        plan_id, batch = agree_plan(store, whom.debtor_id, terms, clock=system_clock,
                                    by=given["by"])  # fmt: skip
    data = {"plan": plan_id, "batch": batch.hex(), "proposed": bool(terms.approval),
            **_variant_json(chosen)}  # fmt: skip
    say(
        data, as_json,
        lambda d: sentence("instalments.proposed" if d["proposed"] else "instalments.agreed",
                           plan=d["plan"], batch=d["batch"]),
    )  # fmt: skip


@click.command("plan-decided")
@click.option("--debtor", required=True)
@click.option("--plan", "plan_id", required=True)
@click.option("--end", "ends", is_flag=True, help="End the plan instead of approving it.")
@click.option("--decline", "declines", is_flag=True, help="Say no to the proposed plan.")
@words_option("--reason", required=True)
@words_option("--by", default="")
@workspace_option
@refusing
def plan_decided_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """Approve or decline a proposed instalment plan as the lead, or end one."""
    if given["ends"] and given["declines"]:
        raise click.UsageError(sentence("instalments.one_of"))
    decide = end_plan if given["ends"] else decline_plan if given["declines"] else approve_plan
    with open_workspace(workspace) as store:
        batch = decide(store, given["debtor"], given["plan_id"], reason=given["reason"],
                       by=given["by"], clock=system_clock)  # fmt: skip
    say({"batch": batch.hex()}, as_json, lambda d: sentence("cli.recorded", batch=d["batch"]))


@click.command("plans-waiting")
@workspace_option
@refusing
def plans_waiting_command(workspace: Path, as_json: bool) -> None:
    """Instalment plans that wait for the lead, the oldest first."""
    with open_workspace(workspace) as store:
        found = waiting_plans(store, day_or_today(None, store))
    data = {
        "plans": [
            {"debtor": one.debtor_id, "plan": one.plan.plan_id, "at": one.plan.at.isoformat(),
             "by": one.plan.by, "debt": one.debt, "total": one.total,
             "waived": one.plan.terms.waived, "months": len(one.plan.terms.instalments),
             "last": one.last.isoformat(), "approval": list(one.plan.terms.approval),
             "allowed": asdict(one.allowed),
             "told": asdict(one.plan.terms.told) if one.plan.terms.told else None}
            for one in found
        ]
    }  # fmt: skip

    def lines(told: dict[str, Any]) -> str:
        rows = [
            sentence(
                "instalments.waiting_line", debtor=one["debtor"], plan=one["plan"],
                months=one["months"], total=_yuan(one["total"]), debt=_yuan(one["debt"]),
                waived=_yuan(one["waived"]), last=one["last"], why=", ".join(one["approval"]),
            )
            for one in told["plans"]
        ]  # fmt: skip
        return "\n".join(rows) or sentence("instalments.none_waiting")

    say(data, as_json, lines)


@click.command("plans-of")
@click.option("--debtor", required=True)
@click.option("--day", type=DAY, help="As known at the end of this day; default today.")
@workspace_option
@refusing
def plans_of_command(workspace: Path, as_json: bool, debtor: str, day: datetime | None) -> None:
    """The instalment plans of a person, and what became of each instalment."""
    with open_workspace(workspace) as store:
        on = day_or_today(day, store)
        with store.read() as conn:
            found = plans_of(conn, debtor, on)
    data = {
        "plans": [
            {"plan": one.plan_id, "at": one.at.isoformat(), "status": one.status,
             "paid": one.paid, "waived": one.terms.waived,
             "next": one.next_due.due.isoformat() if one.next_due else None,
             "instalments": [
                 {"due": part.due.isoformat(), "amount": part.amount}
                 | ({"state": one.states[k].name.lower()} if k < len(one.states) else {})
                 for k, part in enumerate(one.terms.instalments)
             ]}
            for one in found
        ]
    }  # fmt: skip

    def lines(told: dict[str, Any]) -> str:
        return "\n".join(
            f"{one['plan']}  {one['status']}  {_yuan(one['paid'])}  {one['next'] or '-'}"
            for one in told["plans"]
        )

    say(data, as_json, lines)


@click.command("instalment-terms")
@click.option("--lender", default=USUAL, help="Whose terms; default: of all that have no own.")
@click.option("--longest-months", type=int)
@click.option("--least-instalment", type=_MINOR, help="Minor units.")
@click.option("--most-waiver", type=float, help="Share of the sum, 0 to 0.99.")
@click.option("--free-months", type=int, help="Beyond it the lead has to agree.")
@click.option("--free-waiver", type=float)
@click.option("--usual", is_flag=True, help="Forget the lender's own terms.")
@workspace_option
@refusing
def terms_command(workspace: Path, as_json: bool, lender: str, usual: bool, **given: Any) -> None:
    """Show or change what a lender allows in an instalment plan."""
    changes = {name: value for name, value in given.items() if value is not None}
    with open_workspace(workspace) as store:
        if usual:
            drop_terms(store, lender)
        elif changes:
            save_terms(store, lender, **changes)
        with store.read() as conn:
            found = load_terms(conn)
    say(
        {"terms": {name: asdict(one) for name, one in found.items()}}, as_json,
        lambda d: "\n".join(
            sentence("instalments.terms_line", lender=name or "*",
                     months=one["longest_months"], least=_yuan(one["least_instalment"]),
                     waiver=round(one["most_waiver"] * 100), free=one["free_months"],
                     free_waiver=round(one["free_waiver"] * 100))
            for name, one in d["terms"].items()
        ),
    )  # fmt: skip


@click.command("due")
@click.option("--day", type=DAY, help="As known at the end of this day; default today.")
@workspace_option
@refusing
def due_command(workspace: Path, as_json: bool, day: datetime | None) -> None:
    """Promises and instalments that fall due, overdue ones first, and what this week brings."""
    with open_workspace(workspace) as store:
        found = due_list(store, day_or_today(day, store))
    data = {
        "day": found.day.isoformat(), "expected": found.expected, "got": found.got,
        "kept": found.kept, "judged": found.judged,
        "overdue": [_line_json(one) for one in found.overdue],
        "due": [_line_json(one) for one in found.lines],
    }  # fmt: skip

    def lines(told: dict[str, Any]) -> str:
        rows = [
            f"{one['due']}  {one['debtor']}  {one['name']}  {_yuan(one['left'])}  {one['state']}"
            for one in (*told["overdue"], *told["due"])
        ]
        week = sentence("due.week", expected=_yuan(told["expected"]), got=_yuan(told["got"]))
        return "\n".join([*rows, week])

    say(data, as_json, lines)


def _line_json(one: DueLine) -> dict[str, Any]:
    return {
        "debtor": one.debtor_id, "name": one.name, "due": one.due.isoformat(),
        "amount": one.amount, "paid": one.paid, "left": one.left,
        "state": one.state.name.lower(), "number": one.number, "of": one.of,
    }  # fmt: skip


def _yuan(minor: int) -> str:
    return f"{minor / 100:,.2f}"


VERBS = (
    instalments_command, agree_plan_command, plan_decided_command, plans_waiting_command,
    plans_of_command,    terms_command, due_command,
)  # fmt: skip

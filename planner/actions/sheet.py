"""A whole paper sheet at once: every line is checked before any is written, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planner.actions.outcomes import Outcome
from planner.actions.policy import active_policy
from planner.actions.record import Ready, Recorded, prepared, told_after, write_outcome
from planner.clock import Clock
from planner.errors import PlannerError
from planner.policy.pack import Rulebook
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class Sheet:
    """What became of a sheet: what was `recorded`, line by line, or which lines were `refused`."""

    recorded: tuple[Recorded, ...] = ()
    refused: Mapping[int, PlannerError] = field(default_factory=dict)

    @property
    def batches(self) -> tuple[bytes, ...]:
        """One for each line, so that each can be corrected by itself."""
        return tuple(one.batch for one in self.recorded)


def check_sheet(
    store: Store, outcomes: Sequence[Outcome], *, clock: Clock, policy: Rulebook | None = None
) -> dict[int, PlannerError]:
    """The lines that cannot be written, by their place; nothing is written."""
    policy = policy or active_policy(store)
    refused: dict[int, PlannerError] = {}
    with store.read() as conn:
        for place, outcome in enumerate(outcomes):
            try:
                prepared(conn, store.zone, outcome, policy, clock())
            except PlannerError as error:
                refused[place] = error
    return refused


def record_sheet(
    store: Store, outcomes: Sequence[Outcome], *, clock: Clock, policy: Rulebook | None = None
) -> Sheet:
    """Write all of `outcomes`, each as a batch of its own, in one transaction; or, when one of them
    is refused, none of them."""
    policy = policy or active_policy(store)
    refused = check_sheet(store, outcomes, clock=clock, policy=policy)
    if refused:
        return Sheet(refused=refused)
    done: list[tuple[Ready, bytes]] = []
    with store.write() as tx:
        for outcome in outcomes:  # judged anew: a line may follow from one above
            ready = prepared(tx.conn, store.zone, outcome, policy, clock())
            done.append((ready, write_outcome(tx, ready)))
    return Sheet(tuple(told_after(store, ready, batch, policy) for ready, batch in done))

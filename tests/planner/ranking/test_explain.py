"""The explanation of a place and the snapshot of a planning day."""

import io
import json
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from made_people import DAY, at, contact, person, random_people, scored

from planner.domain.codes import Flag
from planner.domain.facts import I16, table_of
from planner.errors import PlannerError
from planner.ranking.explain import OBJECTIVES, explain
from planner.ranking.params import Weights
from planner.ranking.score import FACTORS, PARTS, Bools
from planner.ranking.snapshot import read_snapshot, snapshot_blob
from planner.words import LANGUAGES, catalogue, sentence


@pytest.mark.parametrize("weights", [Weights(), Weights(amount=1.5, access=0.5)])
def test_arithmetic_adds_up(weights: Weights) -> None:
    """rec x dp x pm x boost x emphasis - service - complaint is V, to the fen, for anybody."""
    table = table_of(random_people(120))
    scores = scored(table, weights)
    for i in range(table.n):
        why = explain(scores, table, i)
        gross = why.rec * why.dp * why.pm * why.boost * why.emphasis
        assert why.gross == pytest.approx(gross, abs=1.5)
        assert why.gross - why.service - why.complaint == pytest.approx(why.value, abs=2)
        assert 50 + sum(points for _, points in why.parts) == pytest.approx(why.points, abs=1e-9)
        assert why.worth == (why.value > why.travel)
        assert 0 <= why.belief <= 1


def test_strip_shows_chances_and_what_they_rest_on() -> None:
    """The strip has eight cells with own and similar tries; only the day's hours are permitted."""
    one = person("P0", contacts=(contact("VIS-NC", at(6, 10)), contact("VIS-NC", at(5, 11))))
    two = person("P1", contacts=(contact("VIS-RPC", at(4, 20)),))
    table = table_of([one, two])
    strip = explain(scored(table), table, 0).strip
    assert [hour.tries for hour in strip] == [2, 0, 0, 0, 0, 0, 0, 0]
    assert [hour.like_tries for hour in strip] == [2, 0, 0, 1, 0, 0, 0, 0]
    assert [hour.permitted for hour in strip] == [True] * 4 + [False] * 4
    assert [(hour.start, hour.stop) for hour in strip[:4]] == [
        (0, 12),
        (12, 17),
        (17, 19),
        (19, 24),
    ]
    assert [hour.weekend for hour in strip] == [False] * 4 + [True] * 4


@pytest.mark.parametrize(
    ("days", "flags", "objective"),
    [
        (30, Flag(0), "early"),
        (31, Flag(0), "middle"),
        (90, Flag(0), "middle"),
        (91, Flag(0), "late"),
        (400, Flag.HARDSHIP, "assist"),
    ],
)
def test_objective_follows_the_stage(days: int, flags: Flag, objective: str) -> None:
    """Early, middle and late have their objective; hardship turns any of them into help."""
    table = table_of([person(days=days, flags=flags)])
    assert explain(scored(table), table, 0).objective == objective


def test_every_name_has_words_in_both_languages() -> None:
    """Parts, factors and objectives have words, and both catalogues have the same entries."""
    names = [f"ranking.part.{part}" for part in PARTS]
    names += [f"ranking.factor.{factor}" for factor in FACTORS]
    names += [f"ranking.objective.{name}" for name in OBJECTIVES]
    for language in LANGUAGES:
        for name in names:
            assert sentence(name, language) != name
        for code in ("unreadable", "field", "weight", "snapshot"):
            assert catalogue(language).gettext(f"error.ranking.{code}") != f"error.ranking.{code}"


@dataclass(frozen=True, slots=True)
class Gates:
    """What the contact rules would have said."""

    day: date
    eligible: Bools
    rule: I16
    rules: tuple[str, ...]


def blob(count: int) -> bytes:
    """The snapshot of a random book."""
    table = table_of(random_people(count))
    eligible = np.arange(count) % 2 == 0
    gates = Gates(DAY, eligible, np.where(eligible, -1, 0).astype(np.int16), ("gate.live_promise",))
    chosen = eligible & (np.arange(count) < 10)
    scores = scored(table, eligible=eligible)
    return snapshot_blob(table, gates, scores, chosen, {"rules": "1", "ranking": "1"})


def test_snapshot_gives_back_what_was_seen() -> None:
    """A snapshot holds gates, features, chances, points and versions of everybody."""
    people = random_people(60)
    scores = scored(people, eligible=np.arange(60) % 2 == 0)
    seen = read_snapshot(blob(60))
    assert seen["debtor_id"].tolist() == [p.debtor_id for p in people]
    assert seen["points"] == pytest.approx(scores.points, rel=1e-5)
    assert (seen["value"] == scores.value).all()
    assert (seen["amount"] == [p.amount for p in people]).all()
    assert seen["selected"].sum() == seen["propensity"].sum() == 5
    assert seen["meta"]["rules"] == ["gate.live_promise"]
    assert seen["meta"]["versions"] == {"ranking": "1", "rules": "1"}
    assert seen["meta"]["reference"] == scores.reference
    assert json.loads(json.dumps(seen["meta"])) == seen["meta"]
    for name in ("rule", "evasion", "pm", "p0", "p1", "rec", "hours", "region", "belief"):
        assert len(seen[name]) == 60


def test_snapshot_is_repeatable_small_and_works_for_nobody() -> None:
    """The same ranking gives the same bytes; an empty book has a snapshot too."""
    assert blob(200) == blob(200)
    assert len(blob(200)) < 200 * 150 + 10_000
    assert len(read_snapshot(blob(0))["points"]) == 0


def test_snapshot_of_a_later_format_is_refused() -> None:
    """What a later version wrote is not guessed at."""
    file = io.BytesIO()
    np.savez(file, meta=np.frombuffer(b'{"format": 99}', np.uint8))
    with pytest.raises(PlannerError, match=r"ranking\.snapshot"):
        read_snapshot(file.getvalue())


@pytest.mark.parametrize("cut", [0, 10, 2000])
def test_damaged_snapshot_is_refused(cut: int) -> None:
    """A cut or foreign blob is refused by code, never read as something else."""
    with pytest.raises(PlannerError) as caught:
        read_snapshot(blob(20)[:cut])
    assert caught.value.code == "ranking.snapshot"


def test_changed_bytes_are_refused_or_harmless() -> None:
    """Whatever single byte is changed, reading gives columns or the one expected refusal."""
    original, rng = blob(10), np.random.default_rng(4)
    for place in rng.integers(0, len(original), 300).tolist():
        changed = bytearray(original)
        changed[place] ^= int(rng.integers(1, 256))
        try:
            read_snapshot(bytes(changed))
        except PlannerError as error:
            assert error.code == "ranking.snapshot"  # noqa: PT017

"""The file of numbers and the weights."""

from pathlib import Path

import pytest

from planner.errors import PlannerError
from planner.paths import resources
from planner.ranking.params import Weights, load_params

ORIGINAL = (resources() / "ranking.toml").read_text(encoding="utf-8")


def test_version_changes_with_the_content(tmp_path: Path) -> None:
    """Two files with other numbers never share a version."""
    changed = tmp_path / "ranking.toml"
    changed.write_text(ORIGINAL.replace("wage_hour = 120.0", "wage_hour = 121.0"), encoding="utf-8")
    assert load_params(changed).money.wage_hour == 121
    assert load_params(changed).version != load_params().version
    assert load_params().version == load_params().version


@pytest.mark.parametrize(
    ("find", "put", "field"),
    [
        ("kilometre = 0.8", "", "money.kilometre"),
        ("kilometre = 0.8", "kilometre = '0.8'", "money.kilometre"),
        ("kilometre = 0.8", "kilometre = true", "money.kilometre"),
        ("kilometre = 0.8", "kilometre = -0.8", "money.kilometre"),
        ("kilometre = 0.8", "kilometre = nan", "money.kilometre"),
        ("kilometre = 0.8", "kilometre = 0.8\nmile = 1.0", "money.mile"),
        ("slope = 0.65", "slope = inf", "money.slope"),
        ("days_width = 20.0", "days_width = 0.0", "curves.days_width"),
        ("days = 30", "days = 30.5", "complaint.days"),
        ("effect = [1.1, 1.0, 0.0, -0.7]", "effect = [1.1, 1.0]", "uplift.effect"),
        ("stage_days = [0.0, 30.0,", "stage_days = [30.0, 30.0,", "curves.stage_days"),
        ("default_hours = [9, 20]", "default_hours = [20, 9]", "meet.default_hours"),
        ('terrain = "plain"', 'terrain = "moon"', "access.terrain"),
        ('terrain = "plain"', "terrain = 3", "access.terrain"),
        ("bundle_from = 20000.0", "bundle_from = 25000.0", "watch.bundle_from"),
        ("[access]", "[excess]", "excess"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, find: str, put: str, field: str) -> None:
    """A missing, unknown, mistyped or senseless field is refused by name."""
    assert find in ORIGINAL
    changed = tmp_path / "ranking.toml"
    changed.write_text(ORIGINAL.replace(find, put, 1), encoding="utf-8")
    with pytest.raises(PlannerError) as caught:
        load_params(changed)
    assert (caught.value.code, caught.value.params["field"]) == ("ranking.field", field)


@pytest.mark.parametrize("content", [None, b"", b"version = ", b"\xff\xfe"])
def test_an_unreadable_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A missing, empty, broken or binary file is an expected error, never a crash."""
    file = tmp_path / "ranking.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PlannerError, match=r"ranking\.(unreadable|field)"):
        load_params(file)


def test_weights_have_five_steps() -> None:
    """Only the five steps are weights; stored weights come back as they were."""
    weights = Weights(amount=0.5, watch=1.5)
    assert Weights(**weights.as_dict()) == weights
    for value in (0, 2, 1.1, float("nan")):
        with pytest.raises(PlannerError, match=r"ranking\.weight"):
            Weights(meet=value)

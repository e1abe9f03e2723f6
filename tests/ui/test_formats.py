"""Numbers, money, dates and masks in both languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from ui import formats, i18n


@pytest.fixture
def chinese() -> Iterator[None]:
    """Chinese for this test."""
    i18n.use("zh_CN")
    yield
    i18n.use("en")


def test_money_in_english() -> None:
    """Tables say 124,000; the tooltip has the exact figure; none is "--"."""
    assert formats.money(12_400_000) == "124,000"
    assert formats.money_exact(12_400_050) == "CNY 124,000.50"
    assert formats.money(None) == "--"


@pytest.mark.usefixtures("chinese")
def test_money_in_chinese() -> None:
    """Tables say 12.4 万 from ten thousand on."""
    assert formats.money(12_400_000) == "12.4 万"
    assert formats.money(980_000) == "9,800"
    assert formats.money_exact(12_400_050) == "124,000.50 元"


@pytest.mark.usefixtures("chinese")
def test_spans_in_chinese() -> None:
    """Durations, distances and ages have Chinese units."""
    assert formats.duration(7500) == "2 小时 05 分"
    assert formats.distance(13_140) == "13.1 公里"
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert formats.ago(now - timedelta(hours=3), now) == "3 小时前"
    assert formats.weekday(date(2026, 11, 23)) == "周一"


def test_times_are_local() -> None:
    """An instant is shown in the zone it is asked for, 24 h."""
    at = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
    assert formats.moment(at, "Asia/Shanghai") == "2026-11-23 20:05"
    assert formats.clock_time(at, "Asia/Shanghai") == "20:05"


def test_masks() -> None:
    """Names, phones and ID numbers keep what tells people apart, no more."""
    assert formats.mask_name("张伟") == "张*"
    assert formats.mask_name("欧阳明月") == "欧**"
    assert formats.mask_name("") == "--"
    assert formats.mask_phone("13812341402") == "138****1402"
    assert formats.mask_id("420102199001011234") == "420*************34"


def test_signs() -> None:
    """Plus, a true minus, and no sign before nought."""
    assert [formats.signed(x) for x in (7.0, -1.94, 0.0, -0.01)] == ["+7.0", "−1.9", "0.0", "0.0"]

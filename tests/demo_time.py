"""The moment at which tests on the demo happen: they must not depend on the real day."""

from datetime import UTC, date, datetime

DEMO_DAY = date(2026, 11, 23)  # a Monday
DEMO_NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai


def demo_clock() -> datetime:
    """The clock of the demo."""
    return DEMO_NOW

"""Times and durations in words."""

from relay.moments import format_duration
from tests.rendering.rendered import HOUR


def test_a_duration_has_at_most_two_units_in_a_row() -> None:
    assert format_duration(24 * HOUR + 120) == "1 d"
    assert format_duration(20) == "0 min"

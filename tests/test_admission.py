"""Room for bodies: who gets in beside whom, and when the room is free again."""

from contextlib import suppress

import pytest

from relay.admission import SMALL, Admission, Lease
from relay.memory import EACH, FOR_SMALL, MIB, size_as_text
from relay.webhook import Refused

LARGE = 15 * MIB
SMS = 2000


def held(admission: Admission, size: int) -> Lease:
    lease = admission.lease()
    lease.__enter__()
    lease.widen(size)
    return lease


def fill(admission: Admission, size: int) -> int:
    """Take room until there is none; return how many got in."""
    count = 0
    with suppress(Refused):
        while count < 10_000:
            held(admission, size)
            count += 1
    return count


def test_what_does_not_fit_is_answered_503_and_alarms_nobody() -> None:
    with pytest.raises(Refused) as refused:
        held(Admission(LARGE), LARGE)
    assert (refused.value.status, refused.value.alert) == (503, "")


def test_as_many_get_in_as_there_is_room_for() -> None:
    assert fill(Admission(FOR_SMALL + 3 * (LARGE + EACH)), LARGE) == 3
    assert fill(Admission(FOR_SMALL + 3 * (LARGE + EACH) - 1), LARGE) == 2


def test_small_ones_get_in_where_large_ones_have_taken_all() -> None:
    admission = Admission(FOR_SMALL + 2 * (LARGE + EACH))
    assert fill(admission, LARGE) == 2
    assert fill(admission, SMS) == FOR_SMALL // (SMS + EACH)


def test_small_ones_may_take_room_that_is_free() -> None:
    admission = Admission(FOR_SMALL + LARGE + EACH)
    assert fill(admission, SMS) == (FOR_SMALL + LARGE + EACH) // (SMS + EACH)
    assert fill(admission, LARGE) == 0


def test_the_room_of_small_ones_is_for_no_larger_one() -> None:
    admission = Admission(FOR_SMALL)
    assert fill(admission, SMALL + 1) == 0
    assert fill(admission, SMALL) > 0


def test_room_is_free_again_when_the_last_holder_has_left() -> None:
    admission = Admission(FOR_SMALL + LARGE + EACH)
    with admission.lease() as request:
        request.widen(LARGE)
        flight = request.__enter__()
    assert fill(admission, LARGE) == 0
    flight.__exit__(None, None, None)
    assert fill(admission, LARGE) == 1


def test_a_body_that_grows_takes_room_as_it_does() -> None:
    admission = Admission(FOR_SMALL + LARGE + EACH)
    with admission.lease() as growing, admission.lease() as other:
        for size in range(0, LARGE, MIB):
            growing.widen(size)
        growing.widen(1)  # it never shrinks
        with pytest.raises(Refused):
            other.widen(2 * MIB)
        other.widen(MIB - EACH)
        with pytest.raises(Refused):
            growing.widen(LARGE)
    assert fill(admission, LARGE) == 1


def test_a_body_that_does_not_fit_takes_nothing() -> None:
    admission = Admission(FOR_SMALL + LARGE + EACH)
    with admission.lease() as lease:
        with pytest.raises(Refused):
            lease.widen(LARGE + 1)
        assert fill(admission, LARGE) == 1


def test_a_body_that_takes_more_as_a_text_is_kept_only_where_it_fits_or_is_alone() -> None:
    admission = Admission(10 * MIB + FOR_SMALL)
    with admission.lease() as first, admission.lease() as second:
        first.widen(4 * MIB)
        first.widen(16 * MIB)
        with pytest.raises(Refused):
            second.widen(4 * MIB)
    with admission.lease() as first, admission.lease() as second:
        first.widen(4 * MIB)
        second.widen(4 * MIB)
        with pytest.raises(Refused):
            second.widen(16 * MIB)


@pytest.mark.parametrize(
    ("text", "times"), [("abc", 1), ("абв", 2), ("ab😀", 4), ("\U000f0000", 4), ("é", 2)]
)
def test_the_widest_character_decides_what_a_text_takes(text: str, times: int) -> None:
    body = text.encode()
    assert size_as_text(body) == times * len(body)

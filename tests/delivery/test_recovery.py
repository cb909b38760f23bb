"""An instance that saw a destination work learns at once that it no longer does, and that it does again."""

import pytest

from relay.alerts import LOOK_AGAIN
from tests.delivery.test_alerts import LOST, Watch

pytestmark = pytest.mark.anyio


async def test_that_it_works_again_is_told_although_it_worked_a_moment_before_it_failed() -> None:
    watch = Watch()
    assert await watch.note(None) == []
    assert await watch.note(LOST, 60) == ["telegram refuses since 08:01"]
    assert await watch.note(None, LOOK_AGAIN - 61) == ["telegram works again"]

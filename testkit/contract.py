"""What every forwarder promises: subclass `Contract`, name your `cases`, and pytest runs it.

class TestMine(Contract):
    cases = (MyCase,)
"""

import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

import pytest

from forwarders.base import Forwarder, MessageRefused
from forwarders.http import Http
from testkit.accepting import Accepting
from testkit.case import Case, HttpCase
from testkit.delivered import Delivered
from testkit.failing import Alone, Failing
from testkit.filing import Filing


class Contract(Delivered, Accepting, Filing, Failing, Alone):
    """The promises. `cases` are the kinds of destinations that are to keep them."""

    cases: ClassVar[Sequence[type[Case]]]
    pytestmark = pytest.mark.anyio

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test for each case, and for each answer or trouble where it asks for one."""
        over_http = [kind for kind in self.cases if issubclass(kind, HttpCase)]
        if "for_now" in metafunc.fixturenames:
            metafunc.parametrize(("kind", "for_now"), _refusals(over_http, for_good=False), ids=_named)
        elif "for_good" in metafunc.fixturenames:
            metafunc.parametrize(("kind", "for_good"), _refusals(over_http, for_good=True), ids=_named)
        elif "over_http" in metafunc.fixturenames:
            metafunc.parametrize("kind", over_http, ids=_named)
        elif "answer" in metafunc.fixturenames:
            every = [(kind, name) for kind in self.cases for name in kind.answers]
            metafunc.parametrize(("kind", "answer"), every, ids=_named)
        elif "remote" in metafunc.fixturenames:
            metafunc.parametrize("kind", [kind for kind in self.cases if kind.remote], ids=_named)
        else:
            metafunc.parametrize("kind", self.cases, ids=_named)

    @pytest.fixture
    def anyio_backend(self) -> str:
        """Run on asyncio, as the relay does."""
        return "asyncio"

    @pytest.fixture
    async def http(self) -> AsyncIterator[Http]:
        """Give the client that forwarders share."""
        http = Http()
        yield http
        await http.aclose()

    @pytest.fixture
    async def case(self, kind: type[Case]) -> AsyncIterator[Case]:
        """Give a case whose service runs."""
        case = kind()
        async with case.running():
            yield case

    @pytest.fixture
    def forwarder(self, case: Case, http: Http) -> Forwarder[Any]:
        """Give the forwarder, configured to reach the service."""
        return case.forwarder(http)

    @pytest.fixture
    def remote(self, case: Case, caplog: pytest.LogCaptureFixture) -> Case:
        """Give a case that has a service out of this process."""
        caplog.set_level(logging.DEBUG)
        return case

    @pytest.fixture
    def over_http(self, case: Case, caplog: pytest.LogCaptureFixture) -> HttpCase:
        """Give a case whose service is reached by HTTP."""
        caplog.set_level(logging.DEBUG)
        assert isinstance(case, HttpCase)  # noqa: S101  `pytest_generate_tests` chooses them
        return case


def _refusals(kinds: Sequence[type[HttpCase]], *, for_good: bool) -> list[tuple[type[HttpCase], str]]:
    """Return each answer to a file that is a refusal for good, or for now."""
    return [
        (kind, name)
        for kind in kinds
        for name, each in kind.file_refusals.items()
        if issubclass(each.failure, MessageRefused) is for_good
    ]


def _named(value: Any) -> str:
    return str(getattr(value, "__name__", value))

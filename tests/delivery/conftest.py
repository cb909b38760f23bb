from typing import Any

import pytest

from tests.virtual_time import VirtualLoop


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Let time pass at once: nothing here waits for anything but other tasks."""
    return "asyncio", {"loop_factory": VirtualLoop}

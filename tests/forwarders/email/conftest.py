"""A mail server of this machine, and a certificate that it may show."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from testkit.services.smtp import SmtpServer, mailhouse
from testkit.services.tls import certificate


@pytest.fixture
async def house() -> AsyncIterator[SmtpServer]:
    async with mailhouse() as house:
        yield house


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost, and the file that makes a client trust it."""
    file = tmp_path_factory.mktemp("tls") / "ca.pem"
    return file, certificate(file, "localhost")

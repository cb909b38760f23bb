"""The line to a mail server: encrypted, with a login, and given up cleanly."""

import asyncio
import socket
import ssl
from contextlib import nullcontext
from pathlib import Path

import pytest
import uvloop

from forwarders.base import Attachment, Failure, Message, Misconfigured, TransientFailure
from forwarders.email import Email
from forwarders.email.options import EmailOptions
from forwarders.http import Http
from testkit.services.smtp import HANG, SmtpServer, bare_server
from testkit.services.tls import certificate
from tests.forwarders.email.mailing import (
    ME,
    YOU,
    assert_nothing_leaks,
    encrypted,
    options,
    plainly,
    send,
    until,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
@pytest.mark.parametrize("mechanism", ["LOGIN", "PLAIN"])
async def test_it_encrypts_and_logs_in(
    scheme: str, mechanism: str, trusted: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = trusted
    others = {"LOGIN", "PLAIN"} - {mechanism}
    async with encrypted(scheme, context, auth_exclude_mechanism=others) as house:
        url = f"{scheme}://me%40example.org:pa%20ss%3Aw%C3%B6rd%40%2F%3F%23@localhost:{house.port}"
        email = Email(EmailOptions.model_validate({"url": url, "to": YOU, "ca_file": file}), Http())

        assert await send(email) is None

        assert house.encrypted
        assert house.logins == [mechanism]
        assert house.greeted_as == "example.org"
        assert house.mails[0].sender == ME


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_an_unknown_certificate_is_told_and_nothing_is_sent(
    scheme: str, trusted: tuple[Path, ssl.SSLContext]
) -> None:
    async with encrypted(scheme, trusted[1]) as house:
        email = Email(options(f"{scheme}://localhost:{house.port}"), Http())

        with pytest.raises(Misconfigured, match="certificate is not valid"):
            await send(email)

        assert (house.logins, house.mails) == ([], [])


async def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    async with encrypted("smtps", certificate(file, "mail.example.org")) as house:
        with pytest.raises(Misconfigured, match="certificate is not valid"):
            await send(Email(options(f"smtps://localhost:{house.port}", ca_file=file), Http()))


async def test_starttls_is_never_left_out(house: SmtpServer) -> None:
    email = Email(options(f"smtp://me:secret@127.0.0.1:{house.port}"), Http())

    with pytest.raises(Misconfigured, match="STARTTLS"):
        await send(email)

    assert (house.logins, house.mails) == ([], [])


async def test_tls_at_once_on_a_starttls_port_is_told(house: SmtpServer) -> None:
    with pytest.raises(Misconfigured, match="does not start with TLS"):
        await send(Email(options(f"smtps://127.0.0.1:{house.port}"), Http()))


async def test_a_wrong_password_is_the_operators(house: SmtpServer) -> None:
    house.users = {"me": "right"}
    email = plainly(house.port, user="me", password="wrong-secret")

    with pytest.raises(Misconfigured, match="app password") as caught:
        await send(email)

    assert_nothing_leaks(caught.value, "wrong-secret", "me@example.org", "you@example.org")


@pytest.mark.parametrize(
    ("refusal", "mechanisms", "failure"),
    [
        ("535 5.7.8 Authentication credentials invalid", ["PLAIN"], Misconfigured),
        ("454 4.7.0 Temporary authentication failure", ["PLAIN"], TransientFailure),
        ("504 5.5.4 Unrecognized authentication type", ["PLAIN", "LOGIN"], None),
        ("534 5.7.9 Authentication mechanism is too weak", ["PLAIN", "LOGIN"], None),
    ],
)
async def test_a_refused_password_is_not_tried_again_in_another_way(
    house: SmtpServer, refusal: str, mechanisms: list[str], failure: type[Failure] | None
) -> None:
    house.users = {"me": "right"}
    house.login_refusals = {"PLAIN": refusal}
    email = plainly(house.port, user="me", password="right")

    with pytest.raises(failure) if failure else nullcontext():
        await send(email)

    assert house.logins == mechanisms
    assert len(house.mails) == (failure is None)


async def test_a_server_that_hangs_up_after_a_refused_password_is_understood() -> None:
    hello = b"250-here\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n"
    async with bare_server({"EHLO": hello, "AUTH": b"535 5.7.8 no\r\n421 bye"}) as port:
        with pytest.raises(Misconfigured, match=r"the password \(535\)"):
            await send(plainly(port, user="me", password="wrong"))


async def test_a_server_that_wants_a_login_is_told(house: SmtpServer) -> None:
    house.wants_login = True

    with pytest.raises(Misconfigured, match=r"refuses the sender \(530\)"):
        await send(plainly(house.port))


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_being_cancelled_closes_the_line(
    scheme: str, verb: str, trusted: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = trusted
    async with encrypted(scheme, context) as house:
        house.wants_login = False
        house.replies[verb] = HANG
        email = Email(options(f"{scheme}://localhost:{house.port}", ca_file=file), Http())
        attempt = asyncio.create_task(send(email))
        await until(lambda: verb in house.verbs)

        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt

        await until(lambda: not house.connections)


async def test_being_cancelled_before_the_greeting_closes_the_line() -> None:
    reached, hung_up = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read()
        hung_up.set()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1")
    async with server:
        for scheme in ("smtp", "smtps"):
            port = server.sockets[0].getsockname()[1]
            attempt = asyncio.create_task(send(Email(options(f"{scheme}://127.0.0.1:{port}"), Http())))
            await asyncio.wait_for(reached.wait(), 10)

            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt

            await asyncio.wait_for(hung_up.wait(), 10)
            reached.clear()
            hung_up.clear()


async def test_a_server_that_says_nothing_more_is_left_at_once(trusted: tuple[Path, ssl.SSLContext]) -> None:
    """Even the end of TLS is not waited for."""
    file, context = trusted
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        email = Email(options(f"smtps://localhost:{port}", ca_file=file), Http())
        attempt = asyncio.create_task(send(email))
        line = await asyncio.to_thread(greeted, listening, context)

        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt

        with line:
            await asyncio.to_thread(drained, line)


def greeted(listening: socket.socket, context: ssl.SSLContext) -> socket.socket:
    """Take a call, encrypt it, hear the client's first word, and say no more; the bare line is returned."""
    caller, _ = listening.accept()
    encrypted = context.wrap_socket(caller, server_side=True)
    encrypted.sendall(b"220 here\r\n")
    assert encrypted.recv(100).startswith(b"EHLO")
    return socket.socket(fileno=encrypted.detach())


def drained(line: socket.socket) -> None:
    """Read until the other side hangs up, which is a matter of milliseconds."""
    line.settimeout(10)
    while line.recv(100):
        pass


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_a_mail_is_handed_in_under_uvloop(scheme: str, trusted: tuple[Path, ssl.SSLContext]) -> None:
    file, context = trusted
    async with encrypted(scheme, context) as house:
        url = f"{scheme}://me%40example.org:pa%20ss%3Aw%C3%B6rd%40%2F%3F%23@localhost:{house.port}"
        email = Email(options(url, ca_file=file), Http())
        picture = Attachment("x.jpg", "image/jpeg", b"x" * 3_000_000)

        async def twice() -> list[str | None]:
            said = [await send(email), await send(email, Message("MMS", attachments=(picture,)))]
            await until(lambda: not house.connections)
            return said

        assert await asyncio.to_thread(uvloop.run, twice()) == [None, None]
        assert len(house.mails) == 2


@pytest.mark.parametrize("verb", ["EHLO", "DATA"])
@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_being_cancelled_under_uvloop_closes_the_line(
    scheme: str, verb: str, trusted: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = trusted
    async with encrypted(scheme, context) as house:
        house.wants_login = False
        house.replies[verb] = HANG
        email = Email(options(f"{scheme}://localhost:{house.port}", ca_file=file), Http())

        async def given_up() -> bool:
            attempt = asyncio.create_task(send(email))
            await until(lambda: verb in house.verbs)
            attempt.cancel()
            await asyncio.wait([attempt])
            await until(lambda: not house.connections)
            return attempt.cancelled()

        assert await asyncio.to_thread(uvloop.run, given_up())

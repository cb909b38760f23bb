"""What an operator may write of a mail server and of mailboxes."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from forwarders.email.address import Mailbox, parse_mailboxes
from forwarders.email.options import EmailOptions
from tests.forwarders.email.mailing import ME, WORDS, YOU, options


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "smtps://user:password@host:465"),
        ("https://example.org", "smtps://user:password@host:465"),
        ("smtps://", "smtps://user:password@host:465"),
        ("smtps://user:sec/ret@mail.example.org", "percent-encode"),
        ("smtps://user:sec#ret@mail.example.org", "percent-encode"),
        ("smtps://user:1234/secret@mail.example.org", "percent-encode"),
        ("smtps://user:secret@mail.example.org:99999", "percent-encode"),
        ("smtps://user:secret@[::1", "percent-encode"),
        ("smtps://user:secret@mail\u2100.example.org", "percent-encode"),
        ("smtps://user:secret@ma il.example.org", "smtps://user:password@host:465"),
        ("smtp://user:secret@mail.example.org:25", "port 25 is blocked"),
        ("smtp://user:secret@mail.example.org?tls=off", "on this machine only"),
        ("smtps://user:secret@localhost?tls=off", "only thing"),
        ("smtp://user:secret@localhost?tls=none", "only thing"),
        ("smtp://user:secret@localhost?tls=off&x=secret", "only thing"),
    ],
)
def test_a_wrong_url_is_told_without_quoting_it(url: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(problem)) as caught:
        options(url)

    (error,) = caught.value.errors()
    assert error["type"] == "option"
    assert error["ctx"]["option"] == "url"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "option", "problem"),
    [
        ({"user": "me"}, "password", "needs a password"),
        ({"password": "s3cret"}, "user", "needs a user name"),
        ({"user": "me", "password": "s3cret", "sender": None}, "sender", "not an address"),
        ({"sender": None}, "sender", "not an address"),
        ({"sender": "a@example.org, b@example.org"}, "sender", "one address"),
        ({"sender": "me"}, "sender", "address 1"),
        ({"to": "me@example.org, nobody"}, "to", "address 2"),
        ({"to": ""}, "to", "address 1"),
        ({"to": []}, "to", "address 1"),
        ({"to": ["a@example.org\r\nBcc: x@example.org"]}, "to", "line break"),
        ({"to": "a@example.org b@example.org"}, "to", "address 1"),
        ({"to": "a b@example.org"}, "to", "address 1"),
        ({"to": "<a@example.org> SIZE=1"}, "to", "address"),
        ({"to": "a@b@example.org"}, "to", "address 1"),
        ({"to": "a@-example.org"}, "to", "address 1"),
        ({"to": "ä@example.org"}, "to", "address 1"),
        ({"to": f"{'a' * 250}@example.org"}, "to", "address 1"),
        ({"to": f"a@{'b' * 64}.org"}, "to", "address 1"),
    ],
)
def test_a_wrong_option_is_told_by_its_name(more: dict[str, Any], option: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem) as caught:
        options("smtps://mail.example.org", **more)

    (error,) = caught.value.errors()
    assert error["ctx"]["option"] == option
    assert "s3cret" not in str(caught.value)


def test_a_login_is_written_in_one_place() -> None:
    with pytest.raises(ValidationError, match="in `url` too"):
        options("smtps://me:s3cret@mail.example.org", user="me", password="s3cret")
    with pytest.raises(ValidationError, match="in `url` too"):
        options("smtps://me:s3cret@mail.example.org", password="s3cret")


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing")

    with pytest.raises(ValidationError, match="no certificates"):
        options("smtps://mail.example.org", ca_file=file)
    with pytest.raises(ValidationError, match="ca_file"):
        options("smtps://mail.example.org", ca_file=tmp_path / "missing.pem")


def test_the_sender_is_the_user_unless_it_is_said() -> None:
    read = EmailOptions.model_validate
    url = "smtps://me%40example.org:s3cret@mail.example.org"

    assert read({"url": url, "to": YOU}).mailbox() == Mailbox("", ME)
    assert read({"url": url, "to": YOU, "sender": "SMS <sms@example.org>"}).mailbox() == (
        "SMS",
        "sms@example.org",
    )
    found = read({"url": url, "to": YOU}).server()
    assert (found.host, found.port, found.user, found.password) == ("mail.example.org", 465, ME, "s3cret")
    assert "s3cret" not in repr(found)
    assert read({"url": "smtp://mail.example.org", "sender": ME, "to": YOU}).server().port == 587


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" a@example.org , b@example.org, ", ["a@example.org", "b@example.org"]),
        ("Anna <a@example.org>", ["Anna <a@example.org>"]),
        ('"Doe, J" <j@example.org>, x@y', ['"Doe, J" <j@example.org>', "x@y"]),
        ("Ännchen <a@bücher.example>", ["=?utf-8?q?=C3=84nnchen?= <a@xn--bcher-kva.example>"]),
        ("first.last+sms@sub.example.co.uk", ["first.last+sms@sub.example.co.uk"]),
    ],
)
def test_addresses_are_read_as_people_write_them(written: str, read: list[str]) -> None:
    assert [str(mailbox) for mailbox in parse_mailboxes(written)] == read


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_any_address_is_an_address_or_is_not(words: str) -> None:
    try:
        found = parse_mailboxes(words)
    except ValueError:
        return
    assert all(re.fullmatch(r"[!-~]+@[a-zA-Z0-9.-]+", mailbox.address) for mailbox in found)

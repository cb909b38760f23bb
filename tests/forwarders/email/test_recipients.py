"""Each recipient of a mail is settled alone: nobody is left out, and nobody gets it twice."""

from dataclasses import replace

import pytest

from forwarders.base import Failure, Message, MessageRefused, Misconfigured, TransientFailure
from forwarders.email import Email
from relay.ledger.record import Progress
from relay.model import DeliveryState
from testkit.services.smtp import DROP, SmtpServer, bare_server, mailhouse
from tests.forwarders.email.mailing import MESSAGE, assert_nothing_leaks, attempt, plainly, send

pytestmark = pytest.mark.anyio

A, B, C = "a@example.org", "b@example.org", "c@example.org"


def three(house: SmtpServer) -> Email:
    return plainly(house.port, to=[A, B, C])


def served(house: SmtpServer) -> list[str]:
    return [recipient for mail in house.mails for recipient in mail.recipients]


@pytest.mark.parametrize(
    "reply", ["450 4.2.0 later", "451 later", "452 4.5.3 too many", "552 too many recipients"]
)
async def test_who_is_refused_for_now_gets_the_mail_at_the_repeat(house: SmtpServer, reply: str) -> None:
    house.replies[f"RCPT {B}"] = [reply]

    known, failure = await attempt(three(house))

    assert type(failure) is TransientFailure
    assert failure.reason == f"1 of 3 recipients was refused for now ({reply[:3]}): number 2 in `to`"
    assert (house.mails[0].recipients, len(known.parts), known.refused) == ([A, C], 2, {})
    assert_nothing_leaks(failure, A, B, C)

    known, failure = await attempt(three(house), known=known)

    assert (known.state, failure) == (DeliveryState.DELIVERED, None)
    assert served(house) == [A, C, B]
    first, second = (mail.parsed for mail in house.mails)
    assert first["To"] == second["To"] == f"{A}, {B}, {C}"
    assert first["Message-ID"] == second["Message-ID"]


async def test_who_is_refused_for_good_is_counted_and_not_asked_again(house: SmtpServer) -> None:
    house.replies[f"RCPT {B}"] = f"550 5.1.1 {B} is unknown"

    known, failure = await attempt(three(house))

    assert type(failure) is MessageRefused
    assert failure.reason == "1 of 3 recipients was refused (550): number 2 in `to`"
    assert served(house) == [A, C]
    assert list(known.refused.values()) == [failure.reason]
    assert_nothing_leaks(failure, A, B, C, "unknown")

    house.replies = {}
    known, failure = await attempt(three(house), known=known)

    assert type(failure) is MessageRefused
    assert served(house) == [A, C]


async def test_one_refused_for_good_is_not_forgotten_over_one_refused_for_now(house: SmtpServer) -> None:
    house.replies = {f"RCPT {B}": ["450 later"], f"RCPT {C}": ["550 gone"]}

    known, failure = await attempt(three(house))

    assert type(failure) is TransientFailure
    assert failure.reason == (
        "1 of 3 recipients was refused for now (450): number 2 in `to`; "
        "1 of 3 recipients was refused (550): number 3 in `to`"
    )

    known, failure = await attempt(three(house), known=known)

    assert type(failure) is MessageRefused
    assert failure.reason == "1 of 3 recipients was refused (550): number 3 in `to`"
    assert served(house) == [A, B]


async def test_one_who_was_refused_for_now_may_be_refused_for_good_at_the_repeat(house: SmtpServer) -> None:
    house.replies = {f"RCPT {B}": ["450 later", "550 gone"], f"RCPT {C}": ["550 gone"]}

    known, _ = await attempt(three(house))
    known, failure = await attempt(three(house), known=known)

    assert type(failure) is MessageRefused
    assert failure.reason == (
        "1 of 3 recipients was refused (550): number 3 in `to`; "
        "1 of 3 recipients was refused (550): number 2 in `to`"
    )
    assert served(house) == [A]


async def test_while_nobody_has_accepted_nothing_is_final(house: SmtpServer) -> None:
    """What every one of them refuses may be our login."""
    house.replies = {f"RCPT {A}": ["550 no relay", "550 no relay"], "RCPT": ["450 later", "450 later"]}

    known, failure = await attempt(three(house))

    assert (type(failure), known.parts, known.refused) == (TransientFailure, (), {})

    known, failure = await attempt(three(house), known=known)

    assert type(failure) is MessageRefused
    assert (served(house), len(known.refused)) == ([B, C], 1)


async def test_a_refusal_of_the_whole_mail_settles_nobody(house: SmtpServer) -> None:
    house.replies = {f"RCPT {B}": ["550 gone"], "DATA": ["451 later"]}

    known, failure = await attempt(three(house))

    assert (type(failure), known.parts, known.refused) == (TransientFailure, (), {})

    known, failure = await attempt(three(house), known=known)

    assert (known.state, served(house)) == (DeliveryState.DELIVERED, [A, B, C])


@pytest.mark.parametrize("reply", ["421 4.7.0 too many errors", DROP])
async def test_a_server_that_hangs_up_at_one_recipient_serves_the_others(
    house: SmtpServer, reply: str
) -> None:
    house.replies[f"RCPT {B}"] = [reply]

    known, failure = await attempt(three(house))

    assert type(failure) is TransientFailure
    assert failure.reason == "2 of 3 recipients were refused for now (421): numbers 2, 3 in `to`"
    assert (served(house), house.opened) == ([A], 2)

    known, failure = await attempt(three(house), known=known)

    assert (known.state, served(house)) == (DeliveryState.DELIVERED, [A, B, C])


@pytest.mark.parametrize("reply", ["421 closing", DROP])
async def test_a_server_that_hangs_up_at_the_first_recipient_serves_those_after(
    house: SmtpServer, reply: str
) -> None:
    house.replies[f"RCPT {A}"] = reply

    _, failure = await attempt(three(house))

    assert type(failure) is TransientFailure
    assert served(house) == [B, C]


async def test_a_server_that_hangs_up_at_every_recipient_is_left_after_two_calls(house: SmtpServer) -> None:
    house.replies["RCPT"] = DROP

    known, failure = await attempt(three(house))

    assert type(failure) is TransientFailure
    assert "broke off the connection" in failure.reason
    assert (known.parts, house.opened) == ((), 2)


async def test_a_server_that_takes_few_recipients_a_mail_serves_the_rest_at_the_repeats() -> None:
    house = SmtpServer(most_recipients=1)
    async with mailhouse(house):
        known = Progress()
        for _ in range(3):
            known, failure = await attempt(three(house), known=known)

    assert (known.state, failure) == (DeliveryState.DELIVERED, None)
    assert [mail.recipients for mail in house.mails] == [[A], [B], [C]]


async def test_a_changed_list_reaches_who_is_new_and_nobody_twice(house: SmtpServer) -> None:
    house.replies[f"RCPT {B}"] = ["450 later"]
    known, _ = await attempt(plainly(house.port, to=[A, B]))

    known, failure = await attempt(
        plainly(house.port, to=[C, "b@EXAMPLE.org", "Anna <a@Example.org>"]), known=known
    )

    assert failure is None
    assert served(house) == [A, C, "b@EXAMPLE.org"]


async def test_an_address_that_is_listed_twice_gets_one_mail(house: SmtpServer) -> None:
    assert await send(plainly(house.port, to=[A, "a@Example.ORG", B, A])) is None

    assert served(house) == [A, B]
    assert house.mails[0].parsed["To"] == f"{A}, {B}"


async def test_the_names_of_parts_depend_on_event_and_address_and_tell_neither(house: SmtpServer) -> None:
    async def parts(email: Email, message: Message) -> set[str]:
        house.replies["RCPT z@example.org"] = "450 later"
        with pytest.raises(Failure) as caught:
            await send(email, message)
        return set(caught.value.accepted)

    email = plainly(house.port, to=[A, "z@example.org"])
    other = plainly(house.port, to=["z@example.org", B, A])
    (name,) = await parts(email, MESSAGE)

    assert name in await parts(other, replace(MESSAGE, text="in other words"))
    assert name not in await parts(email, replace(MESSAGE, key="another"))
    assert len(name) == 16
    assert not {A, MESSAGE.key} & {name}


async def test_a_lost_answer_to_a_mail_settles_nobody() -> None:
    async with bare_server({".": b""}) as port:
        known, failure = await attempt(plainly(port, to=[A, B]))

    assert (type(failure), known.parts) == (TransientFailure, ())


async def test_all_refused_for_good_is_the_operators(house: SmtpServer) -> None:
    house.replies["RCPT"] = "550 no"

    known, failure = await attempt(three(house))

    assert (type(failure), known.parts, known.refused) == (Misconfigured, (), {})


async def test_a_replay_reaches_who_was_refused_however_the_others_were_served(house: SmtpServer) -> None:
    house.replies = {f"RCPT {B}": ["450 later"], f"RCPT {C}": ["550 gone"]}
    known, _ = await attempt(three(house))
    known, _ = await attempt(three(house), known=known)

    known, failure = await attempt(three(house), known=replace(known, refused={}))

    assert (known.state, failure) == (DeliveryState.DELIVERED, None)
    assert served(house) == [A, B, C]

"""To which numbers an SMS may go."""

from relay.lines import clean_line
from relay.names.numbers import Numbers, is_number, normalize_party, tail

SHOWN = 60
"""Characters that are shown of what somebody wrote in place of a number."""
NAME = "{} is a name, not a number: it cannot be answered."
SHORT = "{} is a short number: it is not answered, as that can cost or subscribe."
PREMIUM = "{} is a premium number: it is not answered."
INVALID = "{} is not a valid number: write it with + and the country, like /sms +491701234567 text."


class NotAnswerable(Exception):
    """No SMS may go there; the text says why, in one sentence for the chat."""


def answerable(party: str, region: str | None) -> str:
    """Return the number of somebody who has written, as the phone is to dial it.

    Raises:
        NotAnswerable: it is a name, a short number or a premium one.
    """
    number = normalize_party(party)
    if not is_number(number):
        raise NotAnswerable(NAME.format(clean_line(party, SHOWN)))
    if tail(number) is None:
        raise NotAnswerable(SHORT.format(clean_line(party, SHOWN)))
    international = _international(number, region)
    if international and _is_premium(international):
        raise NotAnswerable(PREMIUM.format(clean_line(party, SHOWN)))
    return international or number


def dialled(written: str, region: str | None) -> str:
    """Return a number that a person has written, in international form.

    Raises:
        NotAnswerable: it is not a valid number, or one that is not written to.
    """
    number = normalize_party(written)
    international = _international(number, region) if is_number(number) else None
    if international is None:
        raise NotAnswerable(INVALID.format(clean_line(written, SHOWN)))
    return answerable(international, region)


def _international(number: str, region: str | None) -> str | None:
    """Return a number in international form; None if that is not sure, as without a region.

    The phone then dials what it received: its network reads that as it wrote it.
    """
    if number[0] != "+" and region is None:
        return None
    international = Numbers(region).to_international(number)
    return international if international and _is_valid(international) else None


def _is_premium(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415  (60 ms, only needed to answer)

    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind == phonenumbers.PhoneNumberType.PREMIUM_RATE


def _is_valid(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415  (see above)

    return phonenumbers.is_valid_number(phonenumbers.parse(number))

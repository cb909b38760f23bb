import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.config import ConfigurationError
from relay.names import Names
from relay.names.numbers import Numbers, normalize_party
from relay.names.parties import Parties
from relay.names.patterns import Patterns, covers
from tests.configured import PHONE, configured, event

LETTERS = st.text("ab*", max_size=8)
US = 'region = "US"'


def names(text: str, relay: str = US) -> Names:
    return Names(configured(text, relay=relay))


# Numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("6505551212", "+16505551212"),
        ("+1 (650) 555-1212", "6505551212"),
        ("16505551212", "650.555.1212"),
        ("+44 7700 900123", "+4407700900123"),
        ("011447700900123", "+447700900123"),
        ("\u202a+49\u00a030\u2011123456\u202c", "+4930123456"),
        ("+49 30 \u2013 12 34 56", "+4930123456"),
        ("٠٣٠١٢٣٤٥٦", "030123456"),
    ],
)
def test_a_number_matches_however_it_is_written(one: str, other: str) -> None:
    assert Parties([one], Numbers("US")).matching(other) == [normalize_party(one)]
    assert Parties([other], Numbers("US")).matching(one) == [normalize_party(other)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("6505551212", "6505551213"),
        ("+16505551212", "+446505551212"),
        ("+16505551212", "+17505551212"),
        ("72345", "+172345"),
        ("72345", "172345"),
        ("723456", "+1723456"),
        ("MyBank", "MyBank2"),
        ("5551212", "6505551212"),
    ],
)
def test_other_numbers_do_not_match(one: str, other: str) -> None:
    assert Parties([one], Numbers("US")).matching(other) == []


@pytest.mark.parametrize(
    ("region", "one", "other"),
    [
        (None, "+4915112345678", "4915112345678"),
        (None, "+4915112345678", "004915112345678"),
        (None, "+447400123456", "01144 7400 123456"),
        ("US", "+4915112345678", "4915112345678"),
        ("US", "+4915112345678", "004915112345678"),
        ("DE", "+447400123456", "01144 7400 123456"),
        ("US", "+8613912345678", "8613912345678"),
        (None, "+525512345678", "+5215512345678"),
        (None, "+525512345678", "5215512345678"),
        ("MX", "+525512345678", "044 55 1234 5678"),
        ("MX", "+525512345678", "045 55 1234 5678"),
        ("MX", "+525512345678", "1 55 1234 5678"),
        ("MX", "+5215512345678", "55 1234 5678"),
        (None, "+5511981234567", "+551181234567"),
        ("BR", "+5511981234567", "11 8123-4567"),
        ("BR", "+5511981234567", "015 11 98123 4567"),
        (None, "+5491123456789", "+54 11 15 2345 6789"),
        ("AR", "+5491123456789", "011 15 2345 6789"),
        (None, "+4930123456", "\uff0b4930123456"),
        (None, "+4930123456", "\ufe62\uff14\uff1930\u00ad123\u200b456"),
        (None, "+4930123456", "+49\uff0830\uff09123\u2212456"),
        (None, "+4930123456", "+\u0664\u0669\u0663\u0660\u0661\u0662\u0663\u0664\u0665\u0666"),
        (None, "+4930123456", "+49\u202f30\u00a012\u00b734\u00b756"),
    ],
)
def test_a_number_without_its_plus_or_in_an_old_form_is_the_same(
    region: str | None, one: str, other: str
) -> None:
    assert Parties([one], Numbers(region)).matching(other) == [normalize_party(one)]
    assert Parties([other], Numbers(region)).matching(one) == [normalize_party(other)]


@pytest.mark.parametrize(
    ("region", "one", "other"),
    [
        ("CN", "+15012345678", "15012345678"),
        ("US", "+442025550123", "2025550123"),
        ("DE", "+4915112345678", "4915112345678"),
        (None, "+541123456789", "+5491123456789"),
        (None, "+551171234567", "+5511971234567"),
        (None, "+552134567890", "+5521934567890"),
        (None, "+525512345678", "+5215512345679"),
        (None, "+525512345678", "+525512345678901"),
        (None, "+6505551212", "6505551212"),
        (None, "+4930123456", "4930123457"),
    ],
)
def test_a_number_that_is_valid_as_written_is_no_other(region: str | None, one: str, other: str) -> None:
    assert Parties([one], Numbers(region)).matching(other) == []


def test_old_and_new_forms_may_both_be_contacts() -> None:
    contacts = names('[contacts]\n"+525512345678" = "Mum"\n"+5215512345678" = "Mum, mobile"', relay="")

    assert contacts.contact_name("+525512345678") == "Mum"
    assert contacts.contact_name("+5215512345678") == "Mum, mobile"


def test_without_a_region_national_and_international_numbers_do_not_match() -> None:
    parties = Parties(["6505551212", "+447700900123"], Numbers(None))

    assert parties.matching("650 555 1212") == ["6505551212"]
    assert parties.matching("+16505551212") == []
    assert parties.matching("+4407700900123") == ["+447700900123"]


def test_seven_digits_can_be_a_whole_number() -> None:
    assert Parties(["+354 581 2345"], Numbers("IS")).matching("5812345") == ["+3545812345"]


def test_names_are_compared_without_case_and_numbers_without_punctuation() -> None:
    parties = Parties(["MyBank", "STRASSE"], Numbers(None))

    assert parties.matching(" mybANK ") == ["mybank"]
    assert parties.matching("Straße") == ["strasse"]


# Patterns


@pytest.mark.parametrize(
    ("pattern", "sender"),
    [
        ("*-MYBANK", "AB-mybank"),
        ("*-MYBANK", "-MYBANK"),
        ("*-MYBANK*", "AB-MYBANK"),
        ("*-MYBANK*", "AB-MYBANK-S"),
        ("*bank*", "The Bank of X"),
        ("+1650*", "6505551212"),
        ("+1 (650) *", "+16505551212"),
        ("*1212", "6505551212"),
        ("*", "anybody"),
        ("a*b*c", "a-b-b-c"),
    ],
)
def test_a_pattern_matches(pattern: str, sender: str) -> None:
    assert Parties([pattern], Numbers("US")).matching(sender)


@pytest.mark.parametrize(
    ("pattern", "sender"),
    [
        ("*-MYBANK", "MYBANK"),
        ("*-MYBANK", "AB-MYBANK-S"),
        ("+44*", "6505551212"),
        ("aba*ba", "aba"),
        ("a*b*c", "a-c"),
        ("A.B*", "AxB"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, sender: str) -> None:
    assert Parties([pattern], Numbers("US")).matching(sender) == []


@given(LETTERS, LETTERS)
def test_a_pattern_matches_like_a_regular_expression(pattern: str, text: str) -> None:
    expression = ".*".join(map(re.escape, pattern.split("*")))

    assert covers(pattern, text) == bool(re.fullmatch(expression, text, re.DOTALL))


@given(st.lists(LETTERS.filter(lambda text: "*" in text), unique=True), LETTERS)
def test_many_patterns_match_like_each_alone(patterns: list[str], text: str) -> None:
    assert Patterns(patterns).matching(text) == [each for each in patterns if covers(each, text)]


# Contacts


def test_a_contact_is_found_however_the_number_is_written() -> None:
    contacts = names('[contacts]\n"650 555 1212" = "Mum"\n"*-MYBANK" = "My bank"')

    assert contacts.contact_name("+16505551212") == "Mum"
    assert contacts.contact_name("vm-mybank") == "My bank"
    assert contacts.contact_name("+16505551213") is None


def test_the_exact_contact_wins_over_a_pattern_and_the_first_pattern_over_a_later_one() -> None:
    contacts = names('[contacts]\n"*bank" = "A bank"\n"*-mybank" = "Mine"\n"AB-MYBANK" = "The one"')

    assert contacts.contact_name("AB-MYBANK") == "The one"
    assert contacts.contact_name("XY-MYBANK") == "A bank"


@pytest.mark.parametrize(
    "pair",
    [('"650 555 1212"', '"+16505551212"'), ('"+1 650 555 1212"', '"+16505551212"'), ('"MyBank"', '"MYBANK"')],
)
def test_a_contact_that_is_defined_twice_stops_the_start(pair: tuple[str, str]) -> None:
    with pytest.raises(ConfigurationError) as stopped:
        names(f'[contacts]\n"Dad" = "Dad"\n{pair[0]} = "Mum"\n{pair[1]} = "Mother"')

    words = str(stopped.value)
    assert re.match(r"contacts: entries 2 and 3 .* keep one of them", words)
    assert not re.search("650|Mum|bank", words, re.IGNORECASE)


def test_a_contact_may_be_written_in_several_forms_under_one_name() -> None:
    contacts = names('[contacts]\n"+16505551212" = "Mum"\n"\uff0b16505551212" = "Mum"\n"6505551212" = "Mum"')

    assert contacts.contact_name("+1 650 555 1212") == "Mum"


# Phones and SIM cards

ONE = f'[devices.anna]\nids = "{PHONE}"\n'
TWO = ONE + '[devices.bob]\nids = ["bob-device-id-0001"]\n'


@pytest.mark.parametrize(
    ("devices", "device", "sim", "shown"),
    [
        ("", PHONE, 1, []),
        ("", PHONE, 2, [("SIM", "2")]),
        ("", PHONE, None, []),
        (ONE, PHONE, 1, []),
        (ONE, "someone-elses-phone", 1, [("Phone", "someone-elses-phone")]),
        (TWO, PHONE, 1, [("Phone", "anna")]),
        (ONE + 'sims = { 1 = "private" }', PHONE, 1, []),
        (ONE + 'sims = { 1 = "private", 2 = "work" }', PHONE, 1, [("SIM", "private")]),
        (ONE + 'sims = { 1 = "private", 2 = "work" }', PHONE, 3, [("SIM", "3")]),
        (ONE + 'sims = { 2 = "work" }', PHONE, 2, [("SIM", "work")]),
    ],
)
def test_phone_and_sim_are_shown_if_there_are_several(
    devices: str, device: str, sim: int | None, shown: list[tuple[str, str]]
) -> None:
    assert list(names(devices).origin_fields(event(device=device, simNumber=sim))) == shown

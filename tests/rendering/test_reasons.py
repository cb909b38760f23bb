"""The reason of a failed SMS, in the strings that the app sends."""

import pytest

from relay.rendering.reasons import explain
from tests.configured import event
from tests.rendering.rendered import render, render_as

NAMES = [
    "RESULT_ERROR_NONE",
    "RESULT_ERROR_GENERIC_FAILURE",
    "RESULT_ERROR_RADIO_OFF",
    "RESULT_ERROR_NULL_PDU",
    "RESULT_ERROR_NO_SERVICE",
    "RESULT_ERROR_LIMIT_EXCEEDED",
    "RESULT_ERROR_FDN_CHECK_FAILURE",
    "RESULT_ERROR_SHORT_CODE_NOT_ALLOWED",
    "RESULT_ERROR_SHORT_CODE_NEVER_ALLOWED",
    "RESULT_RADIO_NOT_AVAILABLE",
    "RESULT_NETWORK_REJECT",
    "RESULT_INVALID_ARGUMENTS",
    "RESULT_INVALID_STATE",
    "RESULT_NO_MEMORY",
    "RESULT_INVALID_SMS_FORMAT",
    "RESULT_SYSTEM_ERROR",
    "RESULT_MODEM_ERROR",
    "RESULT_NETWORK_ERROR",
    "RESULT_ENCODING_ERROR",
    "RESULT_INVALID_SMSC_ADDRESS",
    "RESULT_OPERATION_NOT_ALLOWED",
    "RESULT_INTERNAL_ERROR",
    "RESULT_NO_RESOURCES",
    "RESULT_CANCELLED",
    "RESULT_REQUEST_NOT_SUPPORTED",
    "RESULT_NO_BLUETOOTH_SERVICE",
    "RESULT_INVALID_BLUETOOTH_ADDRESS",
    "RESULT_BLUETOOTH_DISCONNECTED",
    "RESULT_UNEXPECTED_EVENT_STOP_SENDING",
    "RESULT_SMS_BLOCKED_DURING_EMERGENCY",
    "RESULT_SMS_SEND_RETRY_FAILED",
    "RESULT_SMS_SEND_FAILED_AFTER_MAX_RETRY",
    "RESULT_REMOTE_EXCEPTION",
    "RESULT_NO_DEFAULT_SMS_APP",
    "RESULT_USER_NOT_ALLOWED",
    "RESULT_RIL_RADIO_NOT_AVAILABLE",
    "RESULT_RIL_SMS_SEND_FAIL_RETRY",
    "RESULT_RIL_NETWORK_REJECT",
    "RESULT_RIL_INVALID_STATE",
    "RESULT_RIL_INVALID_ARGUMENTS",
    "RESULT_RIL_NO_MEMORY",
    "RESULT_RIL_REQUEST_RATE_LIMITED",
    "RESULT_RIL_INVALID_SMS_FORMAT",
    "RESULT_RIL_SYSTEM_ERR",
    "RESULT_RIL_ENCODING_ERR",
    "RESULT_RIL_INVALID_SMSC_ADDRESS",
    "RESULT_RIL_MODEM_ERR",
    "RESULT_RIL_NETWORK_ERR",
    "RESULT_RIL_INTERNAL_ERR",
    "RESULT_RIL_REQUEST_NOT_SUPPORTED",
    "RESULT_RIL_INVALID_MODEM_STATE",
    "RESULT_RIL_NETWORK_NOT_READY",
    "RESULT_RIL_OPERATION_NOT_ALLOWED",
    "RESULT_RIL_NO_RESOURCES",
    "RESULT_RIL_CANCELLED",
    "RESULT_RIL_SIM_ABSENT",
    "RESULT_RIL_SIMULTANEOUS_SMS_AND_CALL_NOT_ALLOWED",
    "RESULT_RIL_ACCESS_BARRED",
    "RESULT_RIL_BLOCKED_DUE_TO_CALL",
    "RESULT_RIL_GENERIC_ERROR",
    "RESULT_RIL_INVALID_RESPONSE",
    "RESULT_RIL_SIM_PIN2",
    "RESULT_RIL_SIM_PUK2",
    "RESULT_RIL_SUBSCRIPTION_NOT_AVAILABLE",
    "RESULT_RIL_SIM_ERROR",
    "RESULT_RIL_INVALID_SIM_STATE",
    "RESULT_RIL_NO_SMS_TO_ACK",
    "RESULT_RIL_SIM_BUSY",
    "RESULT_RIL_SIM_FULL",
    "RESULT_RIL_NO_SUBSCRIPTION",
    "RESULT_RIL_NO_NETWORK_FOUND",
    "RESULT_RIL_DEVICE_IN_USE",
    "RESULT_RIL_ABORTED",
    "MMS_ERROR_UNSPECIFIED",
    "MMS_ERROR_INVALID_APN",
    "MMS_ERROR_UNABLE_CONNECT_MMS",
    "MMS_ERROR_HTTP_FAILURE",
    "MMS_ERROR_IO_ERROR",
    "MMS_ERROR_RETRY",
    "MMS_ERROR_CONFIGURATION_ERROR",
    "MMS_ERROR_NO_DATA_NETWORK",
    "MMS_ERROR_INVALID_SUBSCRIPTION_ID",
    "MMS_ERROR_INACTIVE_SUBSCRIPTION",
    "MMS_ERROR_DATA_DISABLED",
    "MMS_ERROR_MMS_DISABLED_BY_CARRIER",
]
"""The names of Android's SmsManager, up to version 16."""


@pytest.mark.parametrize("name", NAMES)
def test_every_error_of_android_has_plain_words(name: str) -> None:
    for reason in (name, f"Send result: {name} (Some sentence: with (signs).)", f"MMS send result: {name}"):
        words, is_ours = explain(reason)
        assert is_ours
        assert words
        assert "_" not in words
        assert not words.isupper()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            "Send result: RESULT_ERROR_NO_SERVICE (Failed because service is currently unavailable)",
            "no service",
        ),
        ("Send result: Unknown error code: 133.", "error 133"),
        ("MMS send result: Unknown MMS error: 12", "error 12"),
        ("MMS send result: MMS_ERROR_NO_DATA_NETWORK (No data network available)", "no mobile data"),
        ("Delivery result: 1", "error 1"),
        ("Delivery result from SC +12025550100: 70", "it could not be delivered in time"),
        ("Delivery result from SC null: 64", "not delivered (status 64)"),
        ("TTL expired", "it was not sent in time"),
        ("RESULT_RIL_OF_A_LATER_ANDROID", "ril of a later android"),
        ("No SIMs found", "No SIMs found"),
        ("sendSMS: SIM 2 not found", "sendSMS: SIM 2 not found"),
        ("I saw RESULT_ERROR_NO_SERVICE", "I saw RESULT_ERROR_NO_SERVICE"),
        ("", ""),
    ],
)
def test_a_reason_is_in_plain_words(reason: str, words: str) -> None:
    assert explain(reason)[0] == words
    message = render(event("sms:failed", recipient="Mum", reason=reason))
    assert message.title == ": ".join(filter(None, ("⚠️ SMS to Mum failed", words)))


@pytest.mark.parametrize(
    "reason",
    [
        "Send result: RESULT_ERROR_NO_SERVICE (Failed because service is currently unavailable)",
        "Delivery result: 1",
        "RESULT_RIL_OF_A_LATER_ANDROID",
        "sendSMS: SIM 2 not found",
        "TTL expired",
        "sendSMS: " + "no such thing " * 50,
    ],
)
def test_what_the_phone_says_is_shown_once(reason: str) -> None:
    message = render(event("sms:failed", recipient="Mum", reason=reason))
    shown = "\n".join([message.title, message.text, *map(": ".join, message.fields), *message.notes])

    assert shown.count(reason.strip()) == 1


def test_a_masked_reason_keeps_only_words_of_ours() -> None:
    listed = render_as("masked", event("sms:failed", reason="Send result: RESULT_ERROR_NO_SERVICE (Secret)"))
    free = render_as("masked", event("sms:failed", reason="sendSMS: Secret 481516"))

    assert listed.title.endswith("failed: no service")
    assert free.title.endswith("failed: s•••••S: S••••t ••••••")
    for message in (listed, free):
        assert "Secret" not in str((message.title, message.text, message.fields))


def test_a_hostile_reason_is_explained_in_bounded_time() -> None:
    assert explain("Delivery result from SC " + "9" * 4000)[1] is False
    assert explain("RESULT_" + "A_" * 2000)[1] is False

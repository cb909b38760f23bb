"""The reason of `sms:failed` in plain words.

The app gives an error of Android and a sentence, `Send result: RESULT_ERROR_NO_SERVICE (…)`, or a number.
"""

import re
from collections.abc import Mapping

_STEP = r"(?:(?:MMS )?[Ss]end|Delivery) result: "
_NAMED = re.compile(
    rf"(?:{_STEP})?(?:RESULT_ERROR|RESULT|MMS_ERROR)_([A-Z0-9_]{{2,60}})(?: ?\(.*\))?", re.DOTALL
)
_NUMBERED = re.compile(
    rf"(?:{_STEP})?(?:(?:Unknown error code|Unknown MMS error): )?(-?\d{{1,9}})\.?", re.ASCII
)
_OF_NETWORK = re.compile(r"Delivery result from SC [^:]*: (\d{1,3})", re.ASCII)

_SENTENCES = {"TTL expired": "it was not sent in time"}
"""What the app itself says when nothing was sent."""
_ANDROID: Mapping[str, str] = {
    "NONE": "no reason is given",
    "GENERIC_FAILURE": "no reason is given",
    "RADIO_OFF": "the radio is off, as in airplane mode",
    "NULL_PDU": "the phone could not encode the SMS",
    "NO_SERVICE": "no service",
    "LIMIT_EXCEEDED": "too many SMS at once",
    "FDN_CHECK_FAILURE": "the SIM allows only fixed numbers",
    "SHORT_CODE_NOT_ALLOWED": "the phone's user did not allow this short number",
    "SHORT_CODE_NEVER_ALLOWED": "the app may never send to premium numbers",
    "RADIO_NOT_AVAILABLE": "the radio is not available",
    "NETWORK_REJECT": "rejected by the network",
    "INVALID_ARGUMENTS": "the number or the text is not valid",
    "INVALID_STATE": "the phone is in a wrong state",
    "NO_MEMORY": "the phone is out of memory",
    "INVALID_SMS_FORMAT": "the format of the SMS is not valid",
    "SYSTEM_ERROR": "an error in the phone's system",
    "MODEM_ERROR": "an error in the phone's modem",
    "NETWORK_ERROR": "an error in the network",
    "ENCODING_ERROR": "the phone could not encode the SMS",
    "INVALID_SMSC_ADDRESS": "the number of the SMS center is not valid",
    "OPERATION_NOT_ALLOWED": "the phone does not allow it",
    "INTERNAL_ERROR": "an error in the phone",
    "NO_RESOURCES": "the phone is busy",
    "CANCELLED": "it was cancelled",
    "REQUEST_NOT_SUPPORTED": "the phone does not support it",
    "NO_BLUETOOTH_SERVICE": "Bluetooth is not available",
    "INVALID_BLUETOOTH_ADDRESS": "the Bluetooth address is not valid",
    "BLUETOOTH_DISCONNECTED": "Bluetooth was disconnected",
    "UNEXPECTED_EVENT_STOP_SENDING": "the phone's user did not allow it",
    "SMS_BLOCKED_DURING_EMERGENCY": "an emergency call is in progress",
    "SMS_SEND_RETRY_FAILED": "another attempt failed too",
    "SMS_SEND_FAILED_AFTER_MAX_RETRY": "all attempts failed",
    "REMOTE_EXCEPTION": "an error in the phone",
    "NO_DEFAULT_SMS_APP": "the phone has no default app for SMS",
    "USER_NOT_ALLOWED": "this user of the phone may not send SMS",
    "RIL_RADIO_NOT_AVAILABLE": "the radio is not available",
    "RIL_SMS_SEND_FAIL_RETRY": "the radio could not send it now",
    "RIL_NETWORK_REJECT": "rejected by the network",
    "RIL_INVALID_STATE": "the radio is in a wrong state",
    "RIL_INVALID_ARGUMENTS": "the number or the text is not valid",
    "RIL_NO_MEMORY": "the radio is out of memory",
    "RIL_REQUEST_RATE_LIMITED": "too many SMS at once",
    "RIL_INVALID_SMS_FORMAT": "the format of the SMS is not valid",
    "RIL_SYSTEM_ERR": "an error in the phone's system",
    "RIL_ENCODING_ERR": "the phone could not encode the SMS",
    "RIL_INVALID_SMSC_ADDRESS": "the number of the SMS center is not valid",
    "RIL_MODEM_ERR": "an error in the phone's modem",
    "RIL_NETWORK_ERR": "an error in the network",
    "RIL_INTERNAL_ERR": "an error in the phone's modem",
    "RIL_REQUEST_NOT_SUPPORTED": "the radio does not support it",
    "RIL_INVALID_MODEM_STATE": "the modem is in a wrong state",
    "RIL_NETWORK_NOT_READY": "the network is not ready",
    "RIL_OPERATION_NOT_ALLOWED": "the radio does not allow it",
    "RIL_NO_RESOURCES": "the radio is busy",
    "RIL_CANCELLED": "it was cancelled",
    "RIL_SIM_ABSENT": "there is no SIM card",
    "RIL_SIMULTANEOUS_SMS_AND_CALL_NOT_ALLOWED": "a call is in progress",
    "RIL_ACCESS_BARRED": "the network has barred access",
    "RIL_BLOCKED_DUE_TO_CALL": "a call is in progress",
    "RIL_GENERIC_ERROR": "an error in the radio",
    "RIL_INVALID_RESPONSE": "an error in the phone's modem",
    "RIL_SIM_PIN2": "the SIM card needs its PIN2",
    "RIL_SIM_PUK2": "the SIM card needs its PUK2",
    "RIL_SUBSCRIPTION_NOT_AVAILABLE": "the SIM card is not available",
    "RIL_SIM_ERROR": "an error in the SIM card",
    "RIL_INVALID_SIM_STATE": "the SIM card is in a wrong state",
    "RIL_NO_SMS_TO_ACK": "an error in the radio",
    "RIL_SIM_BUSY": "the SIM card is busy",
    "RIL_SIM_FULL": "the SIM card is full",
    "RIL_NO_SUBSCRIPTION": "there is no SIM card",
    "RIL_NO_NETWORK_FOUND": "no service",
    "RIL_DEVICE_IN_USE": "the radio is busy",
    "RIL_ABORTED": "it was cancelled",
    "UNSPECIFIED": "no reason is given",
    "INVALID_APN": "the access point (APN) for MMS is not valid",
    "UNABLE_CONNECT_MMS": "the MMS service cannot be reached",
    "HTTP_FAILURE": "the MMS service reports an error",
    "IO_ERROR": "an error while the MMS was sent",
    "RETRY": "the MMS service could not take it now",
    "CONFIGURATION_ERROR": "MMS is not set up correctly",
    "NO_DATA_NETWORK": "no mobile data",
    "INVALID_SUBSCRIPTION_ID": "the SIM card is not available",
    "INACTIVE_SUBSCRIPTION": "the SIM card is not active",
    "DATA_DISABLED": "mobile data is off",
    "MMS_DISABLED_BY_CARRIER": "the network does not allow MMS",
}
"""Reasons by Android's names, RESULT_ERROR_*, RESULT_* and MMS_ERROR_*, without these beginnings.
https://developer.android.com/reference/android/telephony/SmsManager"""
_NETWORK: Mapping[int, str] = {
    0x41: "the recipient's device cannot receive it",
    0x42: "the recipient's device refused it",
    0x43: "the recipient cannot be reached",
    0x46: "it could not be delivered in time",
    0x47: "it was deleted before it was delivered",
    0x48: "the network deleted it",
    0x49: "the network does not know it any more",
    0x60: "the network was overloaded",
    0x61: "the recipient's device was busy",
    0x62: "the recipient's device did not answer",
    0x63: "the network rejected it",
}
"""Reasons by the status of a delivery report, TP-Status. https://www.3gpp.org/dynareport/23040.htm"""


def explain(reason: str) -> tuple[str, bool]:
    """Return a reason in plain words, and whether they are ours; all else is as the phone wrote it."""
    if reason in _SENTENCES:
        return _SENTENCES[reason], True
    if status := _OF_NETWORK.fullmatch(reason):
        return _NETWORK.get(int(status[1]), f"not delivered (status {status[1]})"), True
    if number := _NUMBERED.fullmatch(reason):
        return f"error {number[1]}", True
    if named := _NAMED.fullmatch(reason):
        name = named[1]
        return _ANDROID.get(name, name.replace("_", " ").lower()), name in _ANDROID
    return reason, False

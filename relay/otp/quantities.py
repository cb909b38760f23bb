# ruff: noqa: RUF001, SIM905 - words and signs of many scripts, some of which look like Latin ones; split: legible
"""Numbers whose direct neighbours make them an amount, a measure, a year, or part of a longer number."""

from itertools import takewhile

_NEAR = 8
"""Characters before and after a number in which to look for its currency or unit."""
_AREA = 4
"""Characters at the end of a phone number's area code, with a space."""
_MANY = 3
"""Digits that are too many for the minutes for which a code is valid."""
_DIGITS = "0123456789"

_SYMBOLS = frozenset("$€£¥₹₽₴₺₩₪฿₫₦₱₸₼₾₲₡₵₮₭៛৳﷼¢")
_BEFORE = frozenset(
    """
    rs inr usd eur gbp cad aud nzd sgd hkd twd cny rmb jpy krw thb vnd idr myr php chf sek nok dkk isk pln
    czk huf ron bgn rsd uah rub byn kzt uzs azn gel amd tl ils nis aed sar qar kwd omr bhd jod egp mad dzd
    tnd irr pkr bdt tk npr lkr ngn kes ksh ghs ugx tzs zar r rp rm s/ bs gs mxn clp brl btc eth usdt kr руб
    रु ரூ రూ রু টাকা
""".split()
)
_AFTER = frozenset(
    """
    usd eur euro euros gbp inr rs rupees cad aud chf dollars dollar pounds reais pesos soles lei leu ron pln
    zł zl złotych czk kč kc ft huf kr sek nok dkk kn rsd лв лева bgn uah грн гривень rub руб рублей рубля
    рубль р byn kzt тенге uzs azn gel tl lira ils nis aed sar qar egp irr btc eth usdt vnd đ đồng dong idr
    thb php mxn zar ksh kes taka rupiah франков
""".split()
)
_AFTER_UNSPACED = tuple(
    """
    ريال دينار درهم جنيه ليرة دولار تومان ریال ש"ח שח שקל रुपये रुपए रु টাকা ரூபாய் రూపాయ روپے บาท 元 圆 圓
    块 塊 円 원 年 년 동 층 号 號 棟 室 楼 樓 호 명 折 ポイント % ‰
""".split()
)
_MINUTES = tuple("min мин хв dk dak phút phut นาที 分 분 دقی دقا मिनट".split())
_COUNTED = tuple("月日点點時时天小")
"""What begins the rest of a date or a time in Chinese or Japanese."""
_SUFFIXES = frozenset(
    """
    st nd rd th am pm a p h hr hrs min mins minutes s sec m km cm mm kg g mg ml l kb mb gb tb mbps mah kw
    kwh w v k c f d x px pt pts pcs r rub uah eur usd gbp inr pln czk ron vnd idr tl kr hz khz mhz ghz uzs
    bps lx
""".split()
)
_PREFIXES = frozenset(
    """
    rs inr usd eur gbp rp rm php hkd sgd thb ksh kes ngn aed sar r p tk idr myr uzs v no nr
""".split()
)

_HOUR = frozenset(
    "at by until till from before after um bis ab gegen kl klo alle ore às las jusqu'à hasta godz".split()
)
"""Words before a time of day that is written without a colon."""
_MIDNIGHT, _SIXTY = "2400", "6"

_JOINTS = frozenset(".,:'/’٫٬")
_INSIDE = frozenset("!$&?^~+")
"""Signs inside a password: what a user would type is more than the letters and digits on one side."""
_NOT_AFTER = frozenset("+*•·●_/\\@%&…#№~")
_NOT_BEFORE = frozenset("%@_°/\\")


def is_quantity(text: str, start: int, end: int) -> bool:
    """Return whether the direct neighbours of a number say that it is not a code."""
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    last, first = before[-1:], after[:1]
    if first == "*" and after[1:2].isdecimal():
        return True  # a number to dial, such as `*481*516#`
    if last == first == "*":
        return False  # bold, as messengers write it
    if last in _NOT_AFTER or first in _NOT_BEFORE or after.startswith("**"):
        return True
    if last.isupper() or first.isupper() or (not text[start:end].isdecimal() and _is_cut(before, after)):
        return True
    if _is_tail(before) or _is_part(before, after) or _is_measured(before.lower(), after.lower()):
        return True
    return is_hour(text[start:end]) and before.lower().rstrip(" ").rpartition(" ")[2] in _HOUR


def is_hour(number: str) -> bool:
    """Return whether a number can be a time of day: `1930`."""
    return len(number) == len(_MIDNIGHT) and number < _MIDNIGHT and number[2] < _SIXTY


def is_quantity_token(token: str) -> bool:
    """Return whether the letters of a token are a unit or mask its digits: `10min`, `Rs500`, `XX4471`."""
    token = token.lower()
    unit, prefix = token.lstrip(_DIGITS), token.rstrip(_DIGITS)
    is_hours = unit[:1] == "h" and unit[1:].isdecimal()
    return is_hours or unit in _SUFFIXES or prefix in _PREFIXES or not prefix.strip("x")


def _is_tail(before: str) -> bool:
    """Return whether dots that hide digits, or a phone number's area code, precede: `..4471`, `) 7946`."""
    area = before[-_AREA:].rstrip(" ")
    return before.endswith("..") or (area.endswith(")") and area[-3:-1].isdecimal())


def _is_cut(before: str, after: str) -> bool:
    """Return whether letters and digits are one side of a longer password, as in `Kx7!wm2`."""
    is_end = before[-1:] in _INSIDE and _is_typed(before[-2:-1])
    return is_end or (after[:1] in _INSIDE and _is_typed(after[1:2]))


def _is_typed(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_part(before: str, after: str) -> bool:
    """Return whether this is part of a decimal, date, time, domain, or an area code: `(020) 7946`."""
    if before[-1:] in _JOINTS and before[-2:-1].isdecimal():
        return True
    sign, follower = after[:1], after[1:2]
    if sign == ")":
        return after[1:3].lstrip(" ")[:1].isdecimal()
    if sign == "." and "a" <= follower <= "z":
        return True
    return sign in _JOINTS and follower.isdecimal() and not _starts_with_count(after[1:])


def _is_measured(before: str, after: str) -> bool:
    """Return whether there is a currency before the number, or a currency or unit after it."""
    before, after = before.removesuffix(" "), after.removeprefix(" ")
    if before[-1:] in _SYMBOLS or after[:1] in _SYMBOLS or after.startswith(_AFTER_UNSPACED):
        return True
    word = before.removesuffix(".").rpartition(" ")[2].lstrip("(:=-")
    return word in _BEFORE or "".join(takewhile(str.isalpha, after)) in _AFTER


def _starts_with_count(text: str) -> bool:
    """Return whether a text begins with what is counted: minutes, or a date as the Chinese write it."""
    return starts_with_minutes(text) or text.lstrip(_DIGITS).startswith(_COUNTED)


def starts_with_minutes(text: str) -> bool:
    """Return whether a text begins with minutes: what precedes them is a separate number."""
    rest = text.lstrip(_DIGITS)
    is_short = len(text) - len(rest) < _MANY
    return is_short and rest.removeprefix(" ").startswith(_MINUTES)

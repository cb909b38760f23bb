# ruff: noqa: RUF001 - words and signs of many scripts, some of which look like Latin ones
"""Numbers that their direct neighbours make an amount, a measure, a year, a tail or a part of more."""

from functools import cache

_NEAR = 8
"""Characters before and after a number in which its currency or unit stands."""
_MANY = 3
"""Digits that are too many for the minutes that a code lives."""
_DIGITS = "0123456789"

_SYMBOLS = frozenset("$€£¥₹₽₴₺₩₪฿₫₦₱₸₼₾₲₡₵₮₭៛৳﷼¢")
_BEFORE = """
    rs inr usd eur gbp cad aud nzd sgd hkd twd cny rmb jpy krw thb vnd idr myr php chf sek nok dkk isk pln
    czk huf ron bgn rsd uah rub byn kzt uzs azn gel amd tl ils nis aed sar qar kwd omr bhd jod egp mad dzd
    tnd irr pkr bdt tk npr lkr ngn kes ksh ghs ugx tzs zar r rp rm s/ bs gs mxn clp brl btc eth usdt kr руб
    रु ரூ రూ রু টাকা
"""
_AFTER = """
    usd eur euro euros gbp inr rs rupees cad aud chf dollars dollar pounds reais pesos soles lei leu ron pln
    zł zl złotych czk kč kc ft huf kr sek nok dkk kn rsd лв лева bgn uah грн гривень rub руб рублей рубля
    рубль р byn kzt тенге uzs azn gel tl lira ils nis aed sar qar egp irr btc eth usdt vnd đ đồng dong idr
    thb php mxn zar ksh kes taka rupiah франков
"""
_AFTER_UNSPACED = """
    ريال دينار درهم جنيه ليرة دولار تومان ریال ש"ח שח שקל रुपये रुपए रु টাকা ரூபாய் రూపాయ روپے บาท 元 圆 圓
    块 塊 円 원 年 년 号 號 室 楼 樓 호 명 折 ポイント % ‰
"""
_MINUTES = "min мин хв dk dak phút phut นาที 分 분 دقی دقا मिनट"
_SUFFIXES = """
    st nd rd th am pm a p h hr hrs min mins minutes s sec m km cm mm kg g mg ml l kb mb gb tb mbps mah kw
    kwh w v k c f d x px pt pts pcs r rub uah eur usd gbp inr pln czk ron vnd idr tl kr hz khz mhz ghz uzs
    bps lx
"""
_PREFIXES = """
    rs inr usd eur gbp rp rm php hkd sgd thb ksh kes ngn aed sar r tk idr myr uzs v no nr b
"""

_JOINTS = frozenset(".,:'/’٫٬")
_NOT_AFTER = frozenset("+*•·●_/\\@%&…#№~")
_NOT_BEFORE = frozenset("%@_*°/\\")


def is_quantity(text: str, start: int, end: int) -> bool:
    """Tell whether what stands directly about the run says that it is no code."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before == after == "*":
        return False  # bold, as messengers write it
    if before in _NOT_AFTER or after in _NOT_BEFORE:
        return True
    return (
        _is_rest(text, start)
        or _is_area(text, end)
        or _is_part(text, start, end)
        or _is_measured(text, start, end)
    )


def is_counted(token: str) -> bool:
    """Tell whether the letters of a token only say what its digits count: `10min`, `Rs500`, `XX4471`."""
    token = token.lower()
    unit, kind = token.lstrip(_DIGITS), token.rstrip(_DIGITS)
    hours = unit[:1] == "h" and unit[1:].isdecimal()
    return hours or unit in _words(_SUFFIXES) or kind in _words(_PREFIXES) or not kind.strip("x")


def _is_rest(text: str, start: int) -> bool:
    """Tell what follows dots that hide the rest, or the area of a phone number: `..4471`, `) 7946`."""
    before = text[max(0, start - 4) : start]
    area = before.rstrip(" ")
    return before.endswith("..") or (area.endswith(")") and area[-3:-1].isdecimal())


def _is_area(text: str, end: int) -> bool:
    """Tell the area of a phone number: `(020) 7946`."""
    return text.startswith(")", end) and text[end + 1 : end + 3].lstrip(" ")[:1].isdecimal()


def _is_part(text: str, start: int, end: int) -> bool:
    """Tell a part of a decimal, a date, a time or a name of the net."""
    if text[start - 1 : start] in _JOINTS and text[max(0, start - 2) : start - 1].isdecimal():
        return True
    after, follower = text[end : end + 1], text[end + 1 : end + 2]
    if after == "." and "a" <= follower <= "z":
        return True
    return after in _JOINTS and follower.isdecimal() and not _are_minutes(text[end + 1 : end + 1 + _NEAR])


def _is_measured(text: str, start: int, end: int) -> bool:
    """Tell a number with a currency before it, or a currency or a unit after it."""
    before = text[max(0, start - _NEAR) : start].lower().removesuffix(" ")
    after = text[end : end + _NEAR].lower().removeprefix(" ")
    if before[-1:] in _SYMBOLS or after[:1] in _SYMBOLS or after.startswith(_starts(_AFTER_UNSPACED)):
        return True
    named = before.removesuffix(".").split(" ")[-1].lstrip("(:=-")
    return named in _words(_BEFORE) or _leading_letters(after) in _words(_AFTER)


def _are_minutes(text: str) -> bool:
    """Tell whether a text begins with minutes: what stands before them is a number of its own."""
    rest = text.lstrip(_DIGITS)
    few = len(text) - len(rest) < _MANY
    return few and rest.removeprefix(" ").startswith(_starts(_MINUTES))


def _leading_letters(text: str) -> str:
    return text[: next((at for at, letter in enumerate(text) if not letter.isalpha()), len(text))]


@cache
def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


@cache
def _starts(words: str) -> tuple[str, ...]:
    return tuple(words.split())

# ruff: noqa: RUF001 - words and signs of many scripts, some of which look like Latin ones
"""Numbers that their direct neighbours make an amount, a measure, a year, a tail or a part of more."""

import re
from functools import cache

_NEAR = 8
"""Characters before and after a number in which its currency or unit stands."""

_SYMBOLS = "$€£¥₹₽₴₺₩₪฿₫₦₱₸₼₾₲₡₵₮₭៛৳﷼¢"
_BEFORE = """
    rs rs. inr usd eur gbp cad aud nzd sgd hkd twd cny rmb jpy krw thb vnd idr myr php chf sek nok dkk isk pln czk
    huf ron bgn rsd uah rub byn kzt uzs azn gel amd tl ils nis aed sar qar kwd omr bhd jod egp mad dzd tnd irr pkr
    bdt tk tk. npr lkr ngn kes ksh ghs ugx tzs zar r rp rp. rm s/ s/. bs bs. gs gs. mxn clp brl btc eth usdt kr kr.
    руб रु रु. ரூ ரூ. రూ రూ. রু টাকা
"""
_AFTER = """
    usd eur euro euros gbp inr rs rupees cad aud chf dollars dollar pounds reais pesos soles lei leu ron pln zł zl
    złotych czk kč kc ft huf kr sek nok dkk kn rsd лв лева bgn uah грн гривень rub руб рублей рубля рубль р р. byn
    kzt тенге uzs azn gel tl lira ils nis aed sar qar egp irr btc eth usdt vnd đ đồng dong idr thb php mxn zar ksh
    kes taka rupiah франков
"""
_AFTER_UNSPACED = """
    ريال دينار درهم جنيه ليرة دولار تومان ریال ש"ח שח שקל रुपये रुपए रु টাকা ரூபாய் రూపాయ روپے บาท
    元 圆 圓 块 塊 円 원 年 년 号 號 室 楼 樓 호 명 折 ポイント % ‰
"""
_MINUTES = "min мин хв dk dak phút phut นาที 分 분 دقی دقا मिनट"
_SUFFIXES = """
    st nd rd th am pm a p h hr hrs min mins minutes s sec m km cm mm kg g mg ml l kb mb gb tb mbps mah kw kwh w v k c
    f d x px pt pts pcs r rub uah eur usd gbp inr pln czk ron vnd idr tl kr hz khz mhz ghz uzs bps lx
"""
_PREFIXES = "x rs inr usd eur gbp rp rm php hkd sgd thb ksh kes ngn aed sar r tk idr myr uzs v no nr b"

_JOINTS = frozenset(".,:'/’٫٬")
_NOT_AFTER = frozenset("+*•·●_/\\@%&…#№~")
_NOT_BEFORE = frozenset("%@_*°/\\")


def is_quantity(text: str, start: int, end: int) -> bool:
    """Tell whether what stands directly about the run says that it is no code."""
    if text[start - 1 : start] == text[end : end + 1] == "*":
        return False  # bold, as messengers write it
    if text[start - 1 : start] in _NOT_AFTER or text[end : end + 1] in _NOT_BEFORE:
        return True
    return _is_tail(text, start) or _is_part(text, start, end) or _is_measured(text, start, end)


def is_counted(token: str) -> bool:
    """Tell whether the letters of a token only say what its digits count: `10min`, `Rs500`, `XX4471`."""
    return _counted().fullmatch(token.lower()) is not None


def _is_tail(text: str, start: int) -> bool:
    return text[max(0, start - 2) : start] == ".."


def _is_part(text: str, start: int, end: int) -> bool:
    """Tell a part of a decimal, a date, a time or a name of the net."""
    if text[start - 1 : start] in _JOINTS and text[max(0, start - 2) : start - 1].isdecimal():
        return True
    after, follower = text[end : end + 1], text[end + 1 : end + 2]
    if after == "." and "a" <= follower <= "z":
        return True
    return after in _JOINTS and follower.isdecimal() and not _minutes().match(text, end + 1)


def _is_measured(text: str, start: int, end: int) -> bool:
    """Tell a number with a currency before it, or a currency or a unit after it."""
    before = text[max(0, start - _NEAR) : start].lower()
    return bool(_before().search(before) or _after().match(text[end : end + _NEAR].lower()))


def _any(words: str) -> str:
    return "|".join(re.escape(word) for word in sorted(words.split(), key=len, reverse=True))


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?:[{re.escape(_SYMBOLS)}]|(?<![^\W\d_])(?:{_any(_BEFORE)})) ?$")


@cache
def _after() -> re.Pattern[str]:
    symbol = f"[{re.escape(_SYMBOLS)}]"
    return re.compile(rf" ?(?:{symbol}|(?:{_any(_AFTER)})(?![^\W\d_])|{_any(_AFTER_UNSPACED)})")


@cache
def _minutes() -> re.Pattern[str]:
    return re.compile(rf"[0-9]{{1,2}} ?(?:{_any(_MINUTES)})")


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(rf"[0-9]+(?:h[0-9]+|{_any(_SUFFIXES)})|(?:x+|{_any(_PREFIXES)})[0-9]+")

"""Every number of a text in plain digits, however it is written: for comparing, not for reading.

Promises: `in_digits` gives the text with digits of any script, fractions in one sign, numbers in
words, in hexadecimal and in Chinese numerals, separators of other habits, and scales (`3 million`)
put into the form that `app.core.numbers` reads. `spelled_in` gives what digits say that stand apart
(`3-4-0`, `1.160,5`). Both take linear time for a text of bounded words.

Not here: numbers in words of other languages, and what a calculation would give.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from app.core.latex import plain
from app.core.number_words import number_words

_SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "billion": 10**9,
}  # fmt: skip
_SCALED = re.compile(
    rf"(?<![A-Za-z0-9_.,])([0-9][0-9,]*(?:\.[0-9]+)?)[ -]?({'|'.join(_SCALES)})s?\b", re.IGNORECASE
)
_VULGAR = re.compile("[¼-¾⅐-⅞↉]")
_RAISED = re.compile("(?<=[0-9])[⁰¹²³⁴-⁹]+")
_UNSEEN = frozenset({"Cf", "Mn", "Me"})
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "’": "'"})
_APART = re.compile(r"(?<=[0-9])['_](?=[0-9]{3}(?![0-9]))")
_BASED = re.compile(r"\b0(?:x[0-9a-f]{1,16}|b[01]{1,64}|o[0-7]{1,22})\b", re.IGNORECASE)
_MIXED = re.compile(r"([0-9]{1,15})(?: and | )\Z")
_CHINESE = re.compile("[〇零一二两三四五六七八九十百千万亿]+")
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_ONES = {sign: value % 10 for value, sign in enumerate("零一二三四五六七八九〇")} | {"两": 2}
_TOGETHER = re.compile(r"[0-9]+(?:[ ,.'·_-][0-9]+)+")
_MOST_PARTS = 40


def in_digits(text: str) -> str:
    """`text` with its numbers in digits."""
    ascii_ = text if text.isascii() else _ascii(text)
    flat = _BASED.sub(lambda match: str(int(match[0], 0)), _APART.sub(",", plain(ascii_)))
    return _words_replaced(_SCALED.sub(_scaled, flat).replace(" pct", "%"))


def spelled_in(text: str) -> Iterator[Decimal]:
    """What the digits of `in_digits(text)` say if those that stand side by side are one number."""
    for match in _CHINESE.finditer(text):
        yield _chinese(match[0])
    for match in _TOGETHER.finditer(in_digits(text)):
        signs = re.findall("[0-9]+|[^0-9]", match[0])[: 2 * _MOST_PARTS]
        for first in range(0, len(signs), 2):
            for last in range(first + 2, len(signs), 2):
                yield from _joined(signs[first : last + 1 : 2], signs[last - 1])


def _joined(parts: list[str], mark: str) -> Iterator[Decimal]:
    """Digits as groups of one number, and with the last of them behind a decimal comma."""
    if _are_groups(parts):
        yield Decimal("".join(parts))
    if mark == ",":
        yield Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")


def _ascii(text: str) -> str:
    """Digits of other scripts and signs of typography as ASCII, what nobody sees taken away."""
    text = _VULGAR.sub(r" \g<0>", text)
    text = _RAISED.sub(lambda match: "^" + unicodedata.normalize("NFKC", match[0]), text)
    shown = unicodedata.normalize("NFKC", text).translate(_SEPARATORS)
    digits = (
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in shown
        if unicodedata.category(sign) not in _UNSEEN
    )
    return _CHINESE.sub(_chinese_digits, "".join(digits))


def _chinese_digits(match: re.Match[str]) -> str:
    """One sign alone is more often a word than a number."""
    return str(_chinese(match[0])) if len(match[0]) > 1 else match[0]


def _chinese(signs: str) -> Decimal:
    if not any(sign in _UNITS for sign in signs):
        return Decimal("".join(str(_ONES[sign]) for sign in signs))
    total = section = digit = 0
    for sign in signs:
        unit = _UNITS.get(sign, 0)
        if not unit:
            digit = _ONES[sign]
        elif unit < 10**4:
            section, digit = section + max(digit, 1) * unit, 0
        else:
            total, section, digit = total + max(section + digit, 1) * unit, 0, 0
    return Decimal(total + section + digit)


def _scaled(match: re.Match[str]) -> str:
    value = Decimal(match[1].replace(",", "")) * _SCALES[match[2].lower()]
    return f"{value:f}"


def _words_replaced(text: str) -> str:
    """With words as digits; `two and a half` is one number."""
    parts, at = [""], 0
    for word in number_words(text):
        between, value = text[at : word.start], word.value
        before = _MIXED.search(parts[-1] + between) if value < 1 else None
        if before:
            parts[-1] = (parts[-1] + between)[: before.start()]
            between, value = "", value + int(before[1])
        parts += [between, f"{value:f}"]
        at = word.end
    return "".join([*parts, text[at:]])


def _are_groups(parts: list[str]) -> bool:
    """Whether digits are grouped as people group them, or spelled one by one."""
    if all(len(part) == 1 for part in parts):
        return len(parts) > 2
    return all(len(part) in (2, 3) for part in parts[1:]) and len(parts[0]) <= 3

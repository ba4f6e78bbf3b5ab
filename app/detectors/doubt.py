"""Words that doubt, override or round a result, as far as a line of bounded length shows them."""

import re
from collections.abc import Iterable

from app.detectors.text import lines

Place = tuple[int, int, int]
"""A step, and where a line or sentence of it begins and ends."""

_DOUBTS = re.compile(
    r"\b(?:double|re|cross)[- ]?(?:check|verif|comput|calculat|solv)\w{0,8}|\bby hand\b"
    r"|\bmanually\b|\bto be (?:sure|safe)\b|\bdoubt|\bsuspicious\b|\b(?:an)?other solver\b"
    r"|(?:\bnot|n't) (?:\w{1,12} ){0,2}(?:sure|convinced|trust|certain|believe)\b"
    r"|\bsolver (?:\w{1,12} )?(?:could|may|might|must|has|have|probably|seems)\b"
    r"|\b(?:could|may|might|must) the solver\b|\blocal optimum\b|\bcan(?:'t|not| not) be right\b"
    r"|\bverify (?:this|it|that|each|every|all)\b|\bà la main\b|\bvon Hand\b|\ba mano\b|手",
    re.IGNORECASE,
)
_ROUNDS = re.compile(r"\bround(?:ed|ing|s)?\b|\bnearest (?:whole|integer)", re.IGNORECASE)
_NOT_ROUNDS = re.compile(
    r"(?:\bno|\bnot|\bwithout|\bavoid|\binstead of|\bnothing|\bnever|n't|\bneeds?)\b"
    r"[^.]{0,40}\bround",
    re.IGNORECASE,
)


def doubt_in(said: Iterable[tuple[int, str]]) -> Place | None:
    """The first sentence that doubts a result or sets out to work it out again."""
    return _first(said, _DOUBTS, None)


def rounding_in(said: Iterable[tuple[int, str]]) -> Place | None:
    """The first sentence that rounds."""
    return _first(said, _ROUNDS, _NOT_ROUNDS)


def _first(
    said: Iterable[tuple[int, str]], such: re.Pattern[str], unless: re.Pattern[str] | None
) -> Place | None:
    for step, text in said:
        for start, line in lines(text):
            found = such.search(line)
            if found and not (unless and unless.search(line)):
                begin = line.rfind(". ", 0, found.start())
                end = line.find(". ", found.end())
                begin, end = (begin + 2 if begin >= 0 else 0), (end + 1 or len(line))
                return step, start + begin, start + end
    return None

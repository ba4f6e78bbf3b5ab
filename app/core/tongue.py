"""The language that a problem is written in: from its script, or from its commonest words.

Promises: pure; a tag of ISO 639-1, "" where nothing says it. Kana is Japanese, Hangul Korean, other
Han characters Chinese; in Latin letters English is known by its function words, of which every
English text is full (G. Grefenstette, Comparing two language identification schemes, 1995).
"""

import re

_SCRIPTS = {"ja": "[\u3040-\u30ff]", "ko": "[\uac00-\ud7af]", "zh": "[\u4e00-\u9fff]"}
_LETTER, _WORD = re.compile(r"[^\W\d_]"), re.compile(r"(?<![\\a-z])[a-z]+")
_ENGLISH = re.compile(
    "an?|and|are|as|at|be|by|can|each|for|from|has|have|how|in|is|its?|many|more|most|must|not?|of|"
    "on|one|or|should|than|that|the|there|this|to|two|what|which|will|with|you"
)
_LEAST_SCRIPT, _LEAST_WORDS = 0.1, 0.2
_NAMES = {"english": "en", "chinese": "zh", "japanese": "ja", "korean": "ko"}


def language_of(text: str) -> str:
    """The language of a text."""
    letters = len(_LETTER.findall(text))
    for tag, script in _SCRIPTS.items():
        if letters and len(re.findall(script, text)) / letters >= _LEAST_SCRIPT:
            return tag
    words = _WORD.findall(text.lower())
    english = sum(_ENGLISH.fullmatch(word) is not None for word in words)
    return "en" if words and english / len(words) >= _LEAST_WORDS else ""


def tag_of(word: str) -> str:
    """The tag of a language as people and files name it: zh, zh-Hans, Chinese; "" for no name."""
    plain = word.strip().lower()
    found = re.fullmatch("([a-z]{2})([-_].*)?", plain)
    return found[1] if found else _NAMES.get(plain, "")

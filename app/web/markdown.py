r"""Markdown with places: which characters are words, which are signs, and what encloses them.

Promises: the pieces of a text tile it, in order and to the code point, whatever it is; nothing but
a tag of ours encloses them; a sign that is hidden has no letter or digit in it. Where a token of
markdown-it can't be found again in the text, the stretch stays as it was written.

markdown-it-py parses; it says the lines of blocks and not the places of what is in them. Those come
from watching its rules: each is asked where it began and ended. What would change the meaning of
mathematics or of a solver's words is left out: `_` and a `*` between letters or digits are no
emphasis, `>` is no quotation, `---` makes no heading, `\` escapes nothing, indented lines are no
code, HTML is text. See docs/decisions/0009.

A text costs no more than `MOST_SIGNS` allow: a stretch with more than are left stays as it was
written.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import escape

from app.web.marked import Mark

CHUNK = 8_000
"""Characters that are parsed at once: what takes more than linear time does so in these alone."""
MOST_SIGNS = 20_000
"""Signs of a text that are parsed, a second's work at most; a long thought has 10,000."""
_INLINE = {"newline": "\n", "backticks": "`", "emphasis": "*", "link": "["}
"""The rules of what is in a line, each with the sign that it begins with."""
_BLOCKS = ("fence", "heading", "hr", "list", "table")
_LITERAL = re.compile(r"[_\r\x00]|\\[\\`*~|#\[\]]|\*(?<=[\w)\]}]\*)\**(?=[\w(\[{$\\])")
_WORDS = re.compile(r"[^\W_]")
_SIGN = re.compile(r"[\n\[\]*`|~#]|(?:[-+]|\d[.)])[ \t\n]")
_BREAK = re.compile(r"\n[ \t]*\n(?=[^\s\-*+0-9|])")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
_OPEN = {
    "paragraph": '<div class="p">',
    "bullet_list": '<div class="list" role="list">',
    "ordered_list": '<div class="list" role="list">',
    "list_item": '<div class="item" role="listitem">',
    "table": '<div class="scroll"><div class="table" role="table">',
    "thead": '<div class="head" role="rowgroup">',
    "tbody": '<div class="body" role="rowgroup">',
    "tr": '<div class="row" role="row">',
    "th": '<div class="cellar" role="columnheader">',
    "td": '<div class="cellar" role="cell">',
    "em": "<em>",
    "strong": "<strong>",
}
_CLOSE = {"em": "</em>", "strong": "</strong>", "table": "</div></div>"}


class Tag(NamedTuple):
    """A tag of ours before character `at`."""

    at: int
    html: str


class Typeset(NamedTuple):
    """Marks that tile a text, named `syntax`, `code`, `marker`, or "" for words, and tags.

    It is not `whole` where a stretch had too many signs and stands as it was written.
    """

    pieces: tuple[Mark, ...]
    tags: tuple[Tag, ...]
    whole: bool = True


class Misplaced(Exception):
    """A token is not where the text says that it should be."""


def typeset(text: str, formulas: Sequence[Mark]) -> Typeset:
    """What `text` is as Markdown; `formulas` are left as they are."""
    masked = _masked(text, formulas)
    pieces: list[Mark] = []
    tags: list[Tag] = []
    whole = True
    for start, found in _stretches(masked):
        whole = whole and found.whole
        pieces += [Mark(start + at, start + stop, name) for at, stop, name, _ in found.pieces]
        tags += [Tag(start + tag.at, tag.html) for tag in found.tags]
    return Typeset(tuple(pieces), tuple(tags), whole)


def _masked(text: str, formulas: Sequence[Mark]) -> str:
    """The text with an x for each character that is no Markdown here: offsets stay."""
    parts, at = [], 0
    for formula in formulas:
        parts += [text[at : formula.start], "x" * (formula.end - formula.start)]
        at = formula.end
    return _LITERAL.sub(_stand_in, "".join([*parts, text[at:]]))


def _stand_in(found: re.Match[str]) -> str:
    return " " if found[0] == "\r" else "x" * len(found[0])


def _stretches(text: str) -> Iterator[tuple[int, Typeset]]:
    """Each chunk with where it starts, parsed where the signs that are left allow it."""
    left = MOST_SIGNS
    for start, end in _chunks(text):
        chunk = text[start:end]
        cost = _cost(chunk)
        if cost > left:
            yield start, _plain(chunk)._replace(whole=False)
            continue
        left -= cost
        yield start, _chunk(chunk)


def _cost(text: str) -> int:
    """The signs that are parsed, and a table's cells: short rows are filled up with empty ones."""
    rows = text.split("\n") if "|" in text else []
    return len(_SIGN.findall(text)) + len(rows) * max((row.count("|") for row in rows), default=0)


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that end between paragraphs, and outside fences, each as long as may be."""
    start = 0
    while len(text) - start > CHUNK:
        ends = [found.end() for found in _BREAK.finditer(text, start, start + CHUNK)]
        outside = (end for end in reversed(ends) if text.count("```", start, end) % 2 == 0)
        stop = next(outside, start + CHUNK)
        yield start, stop
        start = stop
    if start < len(text):
        yield start, len(text)


def _chunk(text: str) -> Typeset:
    try:
        return _Writer(text).write()
    except Misplaced:
        return _plain(text)


def _plain(text: str) -> Typeset:
    """The text as it was written."""
    tags = (Tag(0, _OPEN["paragraph"]), Tag(len(text), "</div>"))
    return Typeset((Mark(0, len(text), ""),), tags)


class _Writer:
    """Goes through a text once; what no token claims is a sign, or words where it has letters."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.pieces: list[Mark] = []
        self.tags: list[Tag] = []
        self.open: list[str] = []
        self.lines = [0, *(found.end() for found in re.finditer("\n", text)), len(text) + 1]
        self.row = 0

    def write(self) -> Typeset:
        """The pieces and tags of the whole text."""
        for token in _parser().parse(self.text):
            self._block(token)
        self.piece(len(self.text), len(self.text), "")
        return Typeset(tuple(self.pieces), tuple(self.tags))

    def piece(self, start: int, end: int, name: str) -> None:
        """Claim `start` to `end`. Raises Misplaced where that was claimed already."""
        if start < self.at or end > len(self.text):
            raise Misplaced
        if start > self.at:
            gap = self.text[self.at : start]
            self.pieces.append(Mark(self.at, start, "" if _WORDS.search(gap) else "syntax"))
        if end > start:
            self.pieces.append(Mark(start, end, name))
        self.at = end

    def tag(self, html: str, at: int | None = None) -> None:
        """A tag here, or before `at`, which ends what no token claimed until there."""
        if at is not None:
            self.piece(at, at, "")
        self.tags.append(Tag(self.at, html))

    def line(self, number: int) -> tuple[int, int]:
        """Where a line begins and ends, without its line break."""
        return self.lines[number], self.lines[number + 1] - 1

    def _block(self, token: Token) -> None:
        name, _, edge = token.type.rpartition("_")
        if token.type in ("fence", "hr"):
            getattr(self, f"_{token.type}")(token)
        elif token.type == "inline":
            self._inline(token)
        elif edge == "open":
            self._opened(name, token)
        else:
            self.tag(_CLOSE.get(name, "</div>"))

    def _opened(self, name: str, token: Token) -> None:
        if name in ("tr", "list_item") and token.map:
            self.row = token.map[0]
        if name == "list_item":
            marker = f"{token.info}{token.markup}"
            start = self._find(marker, *self.line(self.row))
            self.tag(_OPEN[name], start)
            self.piece(start, start + len(marker), "marker")
        elif name == "heading":
            self.tag(f'<div class="heading" role="heading" aria-level="{token.tag[1:]}">')
        else:
            self.tag(_OPEN[name])

    def _find(self, words: str, start: int, end: int) -> int:
        at = self.text.find(words, max(start, self.at), end)
        if at < 0:
            raise Misplaced
        return at

    def _hr(self, token: Token) -> None:
        start, end = self.line(token.map[0] if token.map else 0)
        self.tag('<div class="rule-line" role="separator">', max(start, self.at))
        self.piece(end, end, "")
        self.tag("</div>")

    def _fence(self, token: Token) -> None:
        first, behind = token.map or (0, 0)
        opening, body = self._find(token.markup, *self.line(first)), self.lines[first + 1]
        closed = self.text[slice(*self.line(behind - 1))].strip() == token.markup
        last = self.lines[behind - 1] if closed and behind - 1 > first else self.lines[behind]
        self.tag('<div class="fence">', opening)
        self.piece(opening + len(token.markup), opening + len(token.markup), "")
        self.piece(self.at, min(body - 1, len(self.text)), "info")
        self.piece(min(body, len(self.text)), min(last, len(self.text)), "code")
        end = min(self.lines[behind] - 1, len(self.text))
        self.piece(max(end, self.at), max(end, self.at), "")
        self.tag("</div>")

    def _inline(self, token: Token) -> None:
        place = self._placed(token)
        at = 0
        for child in token.children or ():
            at = self._child(child, token.content, place, at)

    def _placed(self, token: Token) -> Callable[[int], int]:
        """From an offset of a block's content to one of the text."""
        first = token.map[0] if token.map else self.row
        begins, starts, at = [], [], 0
        for number, words in enumerate(token.content.split("\n"), first):
            begins.append(self._find(words, *self.line(number)))
            starts.append(at)
            at += len(words) + 1

        def place(offset: int) -> int:
            number = bisect_right(starts, offset) - 1
            return begins[number] + offset - starts[number]

        return place

    def _child(self, token: Token, content: str, place: Callable[[int], int], at: int) -> int:
        """One part of a line; gives where the next one may begin in the block's content."""
        there: tuple[int, int] = token.meta.get("at", (at, at + len(token.content)))
        begins, ends = there
        if token.type == "text":
            if not token.content:
                return max(at, ends)
            if content[begins:ends] != token.content:
                raise Misplaced
            self.piece(place(begins), place(ends - 1) + 1, "")
            return ends
        if token.type == "code_inline":
            size = len(token.markup)
            self.tag("<code>", place(begins))
            self.piece(place(begins + size), place(ends - size - 1) + 1, "code")
            self.piece(place(ends - 1) + 1, place(ends - 1) + 1, "")
            self.tag("</code>")
            return ends
        if token.type in ("softbreak", "hardbreak"):
            begins = content.index("\n", at)
            end_of_line = self.text.index("\n", place(begins - 1) if begins else place(0))
            self.piece(end_of_line, end_of_line + 1, "")
            return begins + 1
        return self._span(token, place, at, there)

    def _span(
        self, token: Token, place: Callable[[int], int], at: int, there: tuple[int, int]
    ) -> int:
        """Where an emphasis or a link begins or ends; only addresses of the web are links."""
        name, _, edge = token.type.rpartition("_")
        if name in ("em", "strong"):
            self.tag(_OPEN[name] if edge == "open" else _CLOSE[name])
            return max(at, there[1])
        if edge == "open":
            address = str(token.attrs.get("href", ""))
            self.open.append(address if _ADDRESS.fullmatch(address) else "")
            if self.open[-1]:
                self.tag(_link(address), place(there[0]))
            start = place(there[0])
            self.piece(start, start + 1, "syntax" if self.open[-1] else "")
            return there[0] + 1
        web = self.open.pop()
        if web:
            self.tag("</a>")
            self.piece(self.at, self.at + 1, "syntax")
        self.piece(self.at, place(there[1] - 1) + 1, "address" if web else "")
        return there[1]


def _link(address: str) -> str:
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">'


@cache
def _parser() -> MarkdownIt:
    """The few rules that we want, each watched."""
    parser = MarkdownIt("zero").enable([*_BLOCKS, *_INLINE])
    parser.inline.ruler2.enable("emphasis")
    parser.inline.ruler2.disable("fragments_join")
    parser.core.ruler.disable("text_join")
    for rule in parser.inline.ruler.__rules__:
        if rule.name in _INLINE:
            parser.inline.ruler.at(rule.name, _watched(rule.fn, _INLINE[rule.name]))
    return parser


def _watched(
    rule: Callable[[StateInline, bool], bool], sign: str
) -> Callable[[StateInline, bool], bool]:
    """The rule, which now says of each token that it makes where in the line it begins and ends."""

    def watched(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] != sign:
            return False
        before, known = state.pos, len(state.tokens) + bool(state.pending)
        found = rule(state, silent)
        made = state.tokens[known:] if found and not silent else []
        signs = len(made) == state.pos - before and all(each.type == "text" for each in made)
        for number, token in enumerate(made):
            place = (before + number, before + number + 1) if signs else (before, state.pos)
            if signs or token.type != "text":
                token.meta.setdefault("at", place)
        return found

    return watched

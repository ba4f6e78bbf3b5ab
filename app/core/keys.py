"""The keys of the pages: one each for what a person does there, and what a person makes of them.

Promises: pure; this table is the only one. Templates, the list behind `?`, the page where people
choose their own and the documentation are all made from it. A key is what the keyboard's own layout
types (`KeyboardEvent.key`), in lower case, so that it is the one printed on the key.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from app.core.language import N_, _, translated
from app.core.model import Frozen

Page = Literal["workbench", "queue", "compare"]


class Deed(Frozen):
    """Something that has a key; `pages` are where it counts, `does` is what people read."""

    name: str
    key: str
    group: str
    does: str
    pages: tuple[Page, ...] = ("workbench",)


_FLAW_KEYS = "123456789"
_BOTH: tuple[Page, ...] = ("workbench", "queue")
_ALL: tuple[Page, ...] = ("workbench", "queue", "compare")
DEEDS: tuple[Deed, ...] = (
    Deed(name="forward", key="j", group=N_("Going about"), does=N_("the next one"), pages=_ALL),
    Deed(name="back", key="k", group=N_("Going about"), does=N_("the one before"), pages=_ALL),
    Deed(
        name="following",
        key="n",
        group=N_("Going about"),
        does=N_("the next open hint; after a verdict, and in the queue, the next trace"),
        pages=_BOTH,
    ),
    Deed(name="folds", key="f", group=N_("Going about"), does=N_("open or close all folds")),
    Deed(
        name="compare",
        key="c",
        group=N_("Going about"),
        does=N_("compare with the branch it came from, and back"),
        pages=("workbench", "compare"),
    ),
    Deed(
        name="choose",
        key="x",
        group=N_("Going about"),
        does=N_("choose the row, or choose it no more"),
        pages=("queue",),
    ),
    Deed(name="help", key="?", group=N_("Going about"), does=N_("this list"), pages=_ALL),
    Deed(name="accept", key="a", group=N_("A proposed hint"), does=N_("accept it")),
    Deed(
        name="edit",
        key="e",
        group=N_("A proposed hint"),
        does=N_("edit its words where they stand"),
    ),
    Deed(name="reject", key="r", group=N_("A proposed hint"), does=N_("reject it, with a reason")),
    Deed(
        name="move",
        key="m",
        group=N_("A proposed hint"),
        does=N_("move it: then click a place in the trace"),
    ),
    Deed(
        name="trial",
        key="t",
        group=N_("A proposed hint"),
        does=N_("try it: how the Reasoner goes on with it, and without"),
    ),
    Deed(
        name="hint",
        key="h",
        group=N_("A hint of your own"),
        does=N_("on the selected text; then choose its flaw"),
    ),
    *(
        Deed(
            name=f"flaw{key}",
            key=key,
            group=N_("A hint of your own"),
            does=f"on the selected text, with the project’s flaw {key}",
        )
        for key in _FLAW_KEYS
    ),
    Deed(
        name="scratch",
        key="b",
        group=N_("A step"),
        does=N_("a scratch cell beside the step that you point at or are in"),
    ),
    Deed(
        name="sample", key="w", group=N_("A step"), does=N_("sample again from it, without a hint")
    ),
    Deed(name="golden", key="g", group=N_("The trace"), does=N_("golden")),
    Deed(name="discard", key="x", group=N_("The trace"), does=N_("discard it, with a reason")),
    Deed(name="unsure", key="u", group=N_("The trace"), does=N_("unsure, with a reason")),
    Deed(name="later", key="s", group=N_("The trace"), does=N_("later, and on to the next trace")),
    Deed(name="undo", key="z", group=N_("The trace"), does=N_("undo your newest decision")),
    Deed(name="reopen", key="o", group=N_("The trace"), does=N_("reopen it, with a reason")),
)
FIXED = (
    ("Ctrl ⏎", N_("send what you are writing")),
    ("Esc", N_("leave a field or a dialog")),
    ("/", N_("search")),
)
"""Keys that are the same for everybody, and what they do."""
_TAKEN = dict(FIXED)


def deeds_by_group(page: Page) -> dict[str, list[Deed]]:
    """What has a key on a page, under its headings."""
    groups: dict[str, list[Deed]] = {}
    for deed in DEEDS:
        if page in deed.pages:
            groups.setdefault(deed.group, []).append(deed)
    return groups


def keys_with(own: Mapping[str, str]) -> dict[str, str]:
    """The key of each deed by its name: the person's own, else the default."""
    return {deed.name: own.get(deed.name) or deed.key for deed in DEEDS}


def own_keys(given: Mapping[str, str]) -> dict[str, str]:
    """What of these keys differs from the defaults, in lower case: what is stored of them."""
    typed = {deed: given.get(deed.name, "").strip().lower() for deed in DEEDS}
    return {deed.name: key for deed, key in typed.items() if key not in ("", deed.key)}


def keys_refusal(own: Mapping[str, str]) -> str | None:
    """Why these can't be somebody's keys, or None where they can."""
    for name, key in own.items():
        if len(key) != 1 or not key.isprintable():
            return _(
                "“%(key)s” is not one key: give one letter, digit or sign for “%(does)s”.",
                key=key,
                does=_does(name),
            )
        if key in _TAKEN:
            return _(
                "“%(key)s” can’t mean both “%(one)s” and “%(other)s”.",
                key=key,
                one=translated(_TAKEN[key]),
                other=_does(name),
            )
    return next(_conflicts(keys_with(own)), None)


def _conflicts(keys: Mapping[str, str]) -> Iterator[str]:
    for at, deed in enumerate(DEEDS):
        for other in DEEDS[:at]:
            if keys[deed.name] == keys[other.name] and set(deed.pages) & set(other.pages):
                yield _(
                    "“%(key)s” can’t mean both “%(one)s” and “%(other)s”.",
                    key=keys[deed.name],
                    one=translated(other.does),
                    other=translated(deed.does),
                )


def _does(name: str) -> str:
    return next((translated(deed.does) for deed in DEEDS if deed.name == name), name)

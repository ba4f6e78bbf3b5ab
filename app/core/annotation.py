"""What people said of a trace in another tool, before it was imported here.

Promises: it is where a trace comes from, never a verdict or a judgement here. Words that it quotes
are placed in the text of the trace only where they stand there to the letter.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from app.core.fields import BadField, storable
from app.core.language import _, number
from app.core.model import Frozen

COLUMN = "imported_annotations"
"""The column of a row that holds them, as a list."""
MOST = 500
"""So many one trace takes."""
LONGEST = 10_000
"""Characters of a value and of quoted words."""
LONGEST_NAME = 200


def _in_utc(at: datetime) -> datetime:
    """A moment without a zone is taken as UTC."""
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("there is no such moment in UTC") from error


Moment = Annotated[datetime, AfterValidator(_in_utc)]


class Annotation(Frozen):
    """One thing that somebody said of a trace: the `value` of what `name` asked.

    `peer` is the tool, `ref` its own id of this, `who` the annotator as the tool names them.
    `quote` are the words that it is about, `start` and `end` their characters in the trace's text.
    """

    peer: str = Field(min_length=1, max_length=40)
    ref: str = Field("", max_length=LONGEST_NAME)
    who: str = Field("", max_length=LONGEST_NAME)
    at: Moment | None = None
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    value: str = Field("", max_length=LONGEST)
    quote: str = Field("", max_length=LONGEST)
    start: int | None = None
    end: int | None = None


_ADAPTER = TypeAdapter(Annotation)


def annotations_in(cell: object, text: str) -> tuple[Annotation, ...]:
    """The annotations of a row's cell, each placed in the trace's `text`. Raises BadField."""
    if cell is None:
        return ()
    if not isinstance(cell, list) or len(cell) > MOST:
        raise BadField(
            _(
                "%(column)s has to be a list of at most %(most)s annotations.",
                column=COLUMN,
                most=number(MOST),
            )
        )
    return tuple(placed(_read(each, at), text) for at, each in enumerate(cell, 1))


def placed(annotation: Annotation, text: str) -> Annotation:
    """It with the place of its words in `text`; without one where they can't be found for sure."""
    start, end, quote = annotation.start, annotation.end, annotation.quote
    if start is not None and end is not None and 0 <= start < end <= len(text):
        words = text[start:end]
        if quote in ("", words) and len(words) <= LONGEST:
            return annotation.model_copy(update={"quote": words})
    start = text.find(quote) if quote else -1
    if start < 0 or text.find(quote, start + 1) >= 0:
        return annotation.model_copy(update={"start": None, "end": None})
    return annotation.model_copy(update={"start": start, "end": start + len(quote)})


def same(known: Annotation, other: Annotation, gone: Iterable[str]) -> bool:
    """Whether two are one; what was erased since, or a removed person's name (`gone`), is any."""
    gone = frozenset(gone)
    return all(
        mine == theirs or mine in gone
        for mine, theirs in zip(dict(known).values(), dict(other).values(), strict=True)
    )


def _read(each: object, at: int) -> Annotation:
    try:
        return _ADAPTER.validate_python(storable(each))
    except (ValidationError, RecursionError) as error:
        raise BadField(_("Annotation %(number)s can't be read.", number=number(at))) from error

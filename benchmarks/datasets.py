"""What building a dataset costs, beside writing the same records with pyarrow from memory.

`make bench` runs it on SQLite; `python -m benchmarks.datasets COUNT FORMAT DATABASE_URL` with
others (an empty database). Traces of 15 KB, each called golden by a person. Each measurement is a
process of its own, so that its memory is its own: CPU seconds, and the peak of its resident set.
Near-duplicates and tokenising are measured apart. Prints a table in Markdown.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from app.actions.accounts import create_user
from app.actions.build_dataset import items_of, plan_of
from app.actions.projects import create_project
from app.core.fences import split_text
from app.core.masks import MaskPolicy
from app.core.options import DatasetOptions
from app.core.roles import SCRIPT
from app.db.migrate import upgrade
from app.db.session import make_engine, snapshot, transaction
from app.db.tables import Branch, ProblemRow, Project, StepRow, Trace, Verdict
from app.db.types import now
from benchmarks.traces import TRACE_BYTES, made_up
from export.build import Chosen, Making, build
from export.formats import FORMATS
from export.manifest import Origin
from export.near import groups_of
from export.rows import Row
from export.sketch import sketch_of

MANY = 100_000
_CHUNK = 500
_TEMPLATES = 1_000
_IN_MEMORY = 5_000
_ORIGIN = Origin(
    project="bench", taxonomy="", code_version="", built_at=datetime(2026, 1, 1, tzinfo=UTC)
)


def main(many: int = MANY, style: str = "rows", url: str = "") -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="calm-bench-") as name:
        url = url or f"sqlite:///{name}/datasets.db"
        fill(url, many)
        wrote, _ = in_process(writing, url, name, style)
        built, peak = in_process(building, url, name, style)
        grouped, _ = in_process(grouping, many)
        tokenized, _ = in_process(tokenizing, many)
    print(f"| {many:,} traces of 15 KB as `{style}` | CPU s | times pyarrow | peak MB |")
    print("| --- | --- | --- | --- |")
    print(f"| pyarrow, from memory ({_IN_MEMORY:,} records, multiplied) | {wrote:.1f} | 1 | |")
    print(f"| the build | {built:.1f} | {built / wrote:.2f} | {peak:.0f} |")
    print(f"| near-duplicates of as many problems | {grouped:.1f} | {grouped / wrote:.2f} | |")
    print(f"| tokenizing as many traces | {tokenized:.1f} | {tokenized / wrote:.2f} | |")


def in_process(measure: Callable[..., float], *given: Any) -> tuple[float, float]:
    """What `measure` gives in a process of its own, and the peak of its memory in MB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        spent = pool.apply(measure, given)
        return spent, pool.apply(peak_memory)


def peak_memory() -> float:
    """The peak of this process's resident set, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def building(url: str, folder: str, style: str) -> float:
    """CPU seconds of choosing the rows, reading them and writing the dataset."""
    _warm_up()
    start = time.process_time()
    options, making = DatasetOptions(unchecked=True), Making(FORMATS.make(style), MaskPolicy())
    with snapshot(make_engine(url)) as session:
        project = session.get_one(Project, 1)
        plan = plan_of(session, project, making.style, options)
        items = items_of(session, project, plan, options)
        build(items, Path(folder) / "datasets", making, _ORIGIN)
    return time.process_time() - start


def writing(url: str, folder: str, style: str) -> float:
    """CPU seconds of writing as many records that are in memory."""
    import pyarrow as pa
    from pyarrow import parquet

    form = FORMATS.make(style)
    many, rows = rows_of(make_engine(url), style)
    records = list(chain.from_iterable(form.records(row, None) for row in rows))
    _warm_up()
    start = time.process_time()
    file, schema = f"{folder}/plain.parquet", form.schema()
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for at in range(0, len(records), _CHUNK):
            part = pa.Table.from_pylist(records[at : at + _CHUNK], schema=schema)
            writer.write_table(part)
    return (time.process_time() - start) * many / len(records)


def _warm_up() -> None:
    """Load what pyarrow imports with the first table: once a process, it is no part of a row."""
    import pyarrow as pa

    pa.Table.from_pylist([{"text": ""}])


def rows_of(engine: Engine, style: str) -> tuple[int, list[Row]]:
    """How many rows there are, and as many of them as are to be held in memory."""
    options = DatasetOptions(unchecked=True)
    with snapshot(engine) as session:
        project = session.get_one(Project, 1)
        plan = plan_of(session, project, FORMATS.make(style), options)
        items = islice(items_of(session, project, plan, options), _IN_MEMORY)
        return len(plan.chosen), [item.row for item in items if isinstance(item, Chosen)]


def grouping(many: int) -> float:
    """CPU seconds of finding near-duplicates."""
    start = time.process_time()
    groups_of((number, sketch_of(question(number))) for number in range(many))
    return time.process_time() - start


def tokenizing(many: int) -> float:
    """CPU seconds of making token ids of as many traces and reading them back, as a dataset of
    ids does; the tokenizer merges bytes, and is trained on such traces."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    texts = [made_up(number, TRACE_BYTES) for number in range(_TEMPLATES)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(initial_alphabet=letters))
    start = time.process_time()
    if any(tokenizer.decode(tokenizer.encode(text).ids) != text for text in texts):
        raise RuntimeError("a trace was not given back")
    return (time.process_time() - start) * many / len(texts)


def question(number: int) -> str:
    """A problem of about 600 characters, of one of many templates."""
    text = made_up(number % _TEMPLATES, 600)
    return f"Case {number}: {text}"


def fill(url: str, many: int) -> None:
    """`many` golden traces of as many problems, by one person."""
    upgrade(url)
    engine = make_engine(url)
    with transaction(engine) as session:
        create_project(session, SCRIPT, "Bench")
        person = create_user(session, SCRIPT, "ann", None).id
    for first in range(1, many + 1, _CHUNK):
        numbers = range(first, min(first + _CHUNK, many + 1))
        with engine.begin() as connection:
            for table, rows in _rows(numbers, person).items():
                connection.execute(insert(table), rows)
    engine.dispose()


def _steps(at: int) -> Iterator[dict[str, Any]]:
    text = made_up(at, TRACE_BYTES)
    for number, piece in enumerate(split_text(text)):
        author = "sandbox" if piece.kind == "output" else "reasoner"
        yield {
            "number": number,
            "kind": piece.kind,
            "author": author,
            "text": piece.text,
            "tokens": len(piece.text) // 4,
            "created_at": now(),
        }


def _rows(numbers: range, person: int) -> dict[Any, list[Any]]:
    """The rows of some traces, by their tables in the order of insertion."""
    at, reference = now(), {"kind": "number", "values": ["7"]}
    grade = {"correct": True, "reason": "equals 7", "rule": "strict"}
    project = {"project_id": 1, "created_at": at}
    return {
        ProblemRow: [
            project
            | {"id": n, "key": str(n), "question": question(n), "reference": reference, "tags": []}
            | {"extra": {}, "asks": "objective"}
            for n in numbers
        ],
        Trace: [
            project | {"id": n, "problem_id": n, "origin": "generated", "state": "golden"}
            for n in numbers
        ],
        Branch: [
            {"id": n, "trace_id": n, "number": 1, "outcome": "answered", "grade": grade}
            | {"settings": {"model": "bench"}, "created_at": at, "tokens": 0, "kept_tokens": 0}
            for n in numbers
        ],
        StepRow: [step | {"branch_id": n} for n in numbers for step in _steps(n)],
        Verdict: [
            {"trace_id": n, "branch_id": n, "user_id": person, "decision": "golden", "at": at}
            | {"actor": {"kind": "person", "name": "ann", "id": person}}
            for n in numbers
        ],
    }


if __name__ == "__main__":
    main(*[int(each) if each.isdecimal() else each for each in sys.argv[1:]])  # type: ignore[arg-type]

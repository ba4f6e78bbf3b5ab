"""The insights of a project: every chart by its name, in the order of the page."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.core.language import N_
from app.db.tables import Project
from app.web.views.insights import flaws, overlap, paths, progress
from app.web.views.insights.chart import Chart, csv_of

__all__ = ["CHARTS", "PARTS", "Chart", "csv_of", "insights_view"]

Make = Callable[[Session, Project], Chart]
PARTS: Mapping[str, Mapping[str, Make]] = {
    N_("Work"): {
        "progress": progress.progress,
        "throughput": progress.throughput,
        "people": progress.people,
    },
    N_("Agreement"): {
        "agreement": progress.agreements,
        "agreement-overall": overlap.overall,
        "agreement-by-pair": overlap.by_pair,
        "agreement-by-flaw": overlap.by_flaw,
        "agreement-over-time": overlap.over_time,
    },
    N_("Flaws"): {
        "flaws-by-type": flaws.by_type,
        "flaws-by-benchmark": flaws.by_benchmark,
        "flaws-by-stage": flaws.by_stage,
        "flaw-types-by-stage": flaws.types_by_stage,
    },
    N_("Hints"): {
        "accuracy": paths.accuracy,
        "acceptance-by-flaw": flaws.acceptance_by_flaw,
        "acceptance-by-source": flaws.acceptance_by_source,
        "hints": paths.hints,
        "hint-tokens": paths.shares,
    },
    N_("Paths"): {
        "code-calls": paths.code_calls,
        "length": paths.lengths,
    },
}
CHARTS: Mapping[str, Make] = {name: make for part in PARTS.values() for name, make in part.items()}


def insights_view(session: Session, project: Project) -> dict[str, tuple[Chart, ...]]:
    """Every chart, by the part of the page."""
    return {
        part: tuple(make(session, project) for make in charts.values())
        for part, charts in PARTS.items()
    }

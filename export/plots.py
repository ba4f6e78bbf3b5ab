"""Bar charts as SVG text, for a dataset's card: no library, no script, readable in both schemes."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

_ROW, _LEFT, _BAR, _RIGHT = 22, 220, 360, 80


def bars(title: str, counts: Mapping[str, int]) -> str:
    """A horizontal bar for each count, in their order, with its name and number."""
    most = max(counts.values(), default=1) or 1
    height = _ROW * (len(counts) + 1) + 10
    rows = "".join(_bar(at, *each, most) for at, each in enumerate(counts.items(), 1))
    style = "text{font:13px sans-serif;fill:#777}rect{fill:#4a7fb5}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _BAR + _RIGHT} {height}"'
    name = escape(title)
    return (
        f'{head} role="img" aria-label="{name}"><style>{style}</style>'
        f'<text x="0" y="16" font-weight="bold">{name}</text>{rows}</svg>\n'
    )


def _bar(at: int, name: str, many: int, most: int) -> str:
    top, wide = at * _ROW, round(_BAR * many / most, 1)
    return (
        f'<text x="{_LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(name[:32])}</text>'
        f'<rect x="{_LEFT}" y="{top + 3}" width="{wide}" height="16" rx="2"/>'
        f'<text x="{_LEFT + wide + 6}" y="{top + 15}">{many:,}</text>'
    )

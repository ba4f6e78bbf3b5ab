"""Files as rows: JSON lines, a JSON array, CSV or Parquet, told apart by what is in them.

Promises: a row that can't be read is a `BadRow` with its place and a plain reason, and the rows
around it are read all the same; a file that can't be read at all raises `UnreadableFile` before the
first row. Memory is bounded by the longest row, not by the file, for every format; what a tool's
export spreads over several rows is held to be put together, within a bound. What a row means
is not decided here, but in `app.core.fields` and `app.core.imported`.
"""

from app.backends.importers.peers import PEERS, Kind, kind_of
from app.backends.importers.read import read_rows
from app.backends.importers.rows import BadRow, LeftOut, Row, UnreadableFile

__all__ = ["PEERS", "BadRow", "Kind", "LeftOut", "Row", "UnreadableFile", "kind_of", "read_rows"]

"""What the insights add up; each a few queries, alike on SQLite and PostgreSQL.

Promises: no text of a trace is read, whatever the number of traces: what is asked of a path was
kept when its branch was closed.
"""

"""The full-text index, alike on SQLite (FTS5) and PostgreSQL (tsvector with GIN).

Promises: a problem, step or proposal is findable from the commit that wrote it, because the
transaction that adds the row adds its words; both engines find the same.

The engines are given words, not texts: `app.core.search` says what a word is, so neither engine's
own parser, stemmer or collation has a say. What is indexed is only ever inserted, like the rows it
is about. `search_texts` says what an entry is about, `search_words` is the engine's own table, of
the same name in both, and no table of the ORM.
"""

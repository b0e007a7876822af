"""Benchmarks: searchkit beside stock Whoosh, tantivy and SQLite FTS5, over articles and query logs that are handed in.

`python -m tests.bench ARTICLES.jsonl QUERIES.jsonl...` measures speed, memory and size, `python -m tests.bench.ranking
DIR` the quality of ranking, `python -m tests.bench.multilingual DOCS.jsonl`
languages, search, dates and encodings of texts in many languages. Run from the
checkout; peers that are not installed (`pip install '.[bench]'`) are left out.

peers/       one file for each engine, behind the protocol of `peer.py`
measures/    one file for each thing that is measured; each gives plain values, ready for JSON
corpus       slices of the articles file        questions   query logs to questions, by kind
processes    a command's time and memory        timing      quantiles, and the order in which engines take turns
report       what was measured, as Markdown
"""

"""How well texts in many languages are understood: their language, search in their script, their dates, their encodings.

`python -m tests.bench.multilingual DOCS.jsonl` takes articles with title, body and lang, perhaps a date, one a line.
"""

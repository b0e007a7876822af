"""How well each engine ranks: judged collections, every query's words joined by OR, the shipped defaults of each.

`python -m tests.bench.ranking DIR` takes each folder in DIR that holds docs.jsonl, queries.jsonl and qrels.tsv.
"""

"""How well articles are told apart from the pages around them, on pages with ground truth, beside bare trafilatura.

    python -m tests.bench.extraction DIR

DIR holds sets of pages, each a folder with a `truth.jsonl`: one object per page with `file` (inside the folder) and any
of `title`, `author`, `date`, `body`, and the snippets `must_contain` and `must_not_contain`.
"""

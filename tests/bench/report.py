"""What was measured, as Markdown: a table for each measure, whatever it says of whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_MB = 1e6


def markdown(results: Mapping[str, Any]) -> str:
    """The whole report of `__main__.measure`'s results."""
    sections = [_heading(results)]
    for name, section in _SECTIONS.items():
        if results.get(name):
            sections.append(section(results[name], results))
    return "\n\n".join(sections) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all but the first column are figures and stand to the right."""
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _heading(results: Mapping[str, Any]) -> str:
    machine, corpus = results["machine"], results["corpus"]
    made_on = (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, Python"
        f" {machine['python']}; load {machine['load_at_start']} at the start. {corpus['articles']:,} articles of"
        f" {corpus['bytes_per_article']:,.0f} bytes of JSON Lines. Times are medians over {results['plan']['repeats']}"
        " runs, the engines taking turns."
    )
    lines = [
        f"# Benchmark of {machine['date']}",
        "",
        made_on,
        "",
        *(f"- **{engine['name']} {engine['version']}**: {engine['setup']}." for engine in results["engines"].values()),
        *(f"- {note}" for note in results["notes"]),
    ]
    return "\n".join(lines)


def _indexing(found: Mapping[str, Any], results: Mapping[str, Any]) -> str:
    ours = found.get("searchkit")
    rows = [
        (
            _name(results, engine),
            f"{each['articles_per_second']:,.0f}",
            _ratio(ours and ours["articles_per_second"], each["articles_per_second"]),
            f"{each['timed_articles']:,}",
            f"{sum(each['cpu_seconds']) / len(each['cpu_seconds']) / each['timed_articles'] * 1e3:.2f}",
            f"{each['peak_bytes'] / _MB:,.0f}",
            f"{each['largest_process_bytes'] / _MB:,.0f}",
            f"{each['bytes_per_article']:,.0f}",
            _ratio(ours and ours["bytes_per_article"], each["bytes_per_article"]),
        )
        for engine, each in found.items()
    ]
    header = (
        "", "articles/s", "searchkit ÷", "timed over", "CPU ms/article", "peak MB, all", "peak MB, one",
        "bytes/article", "searchkit ÷",
    )  # fmt: skip
    note = (
        "Whole processes, from the file to a committed index. Memory: proportional set sizes, summed over all processes"
        f" of a run and sampled every {results['plan']['sample_s'] * 1e3:.0f} ms; beside it the most resident memory of"
        " any one process (VmHWM). Memory and size are those of all articles."
    )
    return f"## Indexing\n\n{note}\n\n{table(header, rows)}"


def _warm(found: Mapping[str, Any], results: Mapping[str, Any]) -> str:
    names = dict.fromkeys(row for rows in found.values() for row in rows)
    body = []
    for row in names:
        counts = [rows[row]["count"] for rows in found.values() if row in rows]
        cells = [_spread(rows.get(row)) for rows in found.values()]
        body.append((row, str(max(counts)), *cells))
    header = ("", "questions", *(f"{_name(results, engine)} p50 / p95 / p99" for engine in found))
    note = (
        "Milliseconds in an open index for the ten best articles with their stored fields, from the words to the values,"
        " without highlighting. searchkit counts all matching articles too. `–`: the engine has no such query; in"
        " parentheses how many questions it refused."
    )
    return f"## Queries, warm\n\n{note}\n\n{table(header, body)}"


def _spread(spread: Mapping[str, Any] | None) -> str:
    if spread is None:
        return "–"
    refused = f" ({spread['refused']})" if spread["refused"] else ""
    return " / ".join(f"{spread[name]:.2f}" for name in ("p50", "p95", "p99")) + refused


def _cold(found: Mapping[str, Any], results: Mapping[str, Any]) -> str:
    ours = found.get("searchkit")
    rows = [
        (_name(results, engine), f"{each['p50']:.0f}", f"{each['p95']:.0f}", _ratio(ours and ours["p50"], each["p50"]))
        for engine, each in found.items()
    ]
    note = (
        "Whole processes that print the ten best articles for two words into a pipe, over the index of all articles: the"
        " shortest script for each engine, which prints id and title; searchkit's command line."
    )
    return f"## Queries, cold\n\n{note}\n\n{table(('', 'p50 ms', 'p95 ms', 'searchkit ÷'), rows)}"


def _adding(found: Mapping[str, Any], results: Mapping[str, Any]) -> str:
    rows = [(_name(results, engine), f"{each['p50']:.2f}") for engine, each in found.items()]
    plan = results["plan"]
    note = f"Whole processes that add {plan['added']:,} articles to {plan['articles']:,}."
    return f"## Adding\n\n{note}\n\n{table(('', 'seconds'), rows)}"


def _growth(found: Mapping[str, Any], results: Mapping[str, Any]) -> str:
    rows = [
        (
            _name(results, engine),
            f"{each['articles']:,}",
            f"{each['articles_per_second']:,.0f}",
            f"{each['peak_bytes'] / _MB:,.0f}",
            f"{each['bytes_per_article']:,.0f}",
            "" if each["matching"] is None else f"{each['matching']:,.0f}",
            f"{each['mean']:.2f}",
            f"{each['p50']:.2f}",
            f"{each['p95']:.2f}",
        )
        for engine, sizes in found.items()
        for each in sizes
    ]
    header = (
        "", "articles", "articles/s", "peak MB, all", "bytes/article", "matching", "mean ms", "p50 ms", "p95 ms",
    )  # fmt: skip
    note = (
        f"Above {results['corpus']['distinct']:,} the articles are repeated under changed ids. Indexed once at each size,"
        " while memory was sampled. `matching`: how many articles match a question on average."
    )
    return f"## Growth\n\n{note}\n\n{table(header, rows)}"


_SECTIONS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], str]] = {
    "indexing": _indexing,
    "warm": _warm,
    "cold": _cold,
    "adding": _adding,
    "growth": _growth,
}


def _name(results: Mapping[str, Any], engine: str) -> str:
    return results["engines"][engine]["name"] if engine in results["engines"] else engine


def _ratio(ours: float | None, theirs: float) -> str:
    return f"{ours / theirs:.2f}×" if ours and theirs else ""

"""`searchkit formats`: the formats and containers that are read."""

from __future__ import annotations

import click

from searchkit.cli.screen import end_quietly_on_closed_pipe, look, write
from searchkit.decompression import COMPRESSIONS
from searchkit.formats import FORMATS

_CONTAINERS: dict[str, tuple[tuple[str, ...], str]] = {
    "zip": ((".zip",), "an archive of files"),
    "tar": ((".tar",), "an archive of files"),
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def command(as_json: bool) -> int:
    """List the formats that are read: name, endings of file names, what it is. A file with another ending, or none, is
    told by its beginning. Containers hold files of any format, and one another. On a terminal in columns, in a pipe a line
    each, parted by tabs.

    \b
    Examples:
      searchkit formats
      searchkit formats --json | jq -r '.formats[].name'
    """
    end_quietly_on_closed_pipe()
    formats = [(format.name, format.suffixes, format.about) for format in FORMATS]
    containers = [(name, *rest) for name, rest in _CONTAINERS.items()]
    containers += [(packed.name, tuple(packed.suffixes), "one compressed file") for packed in COMPRESSIONS]
    if as_json:
        from searchkit.output import SCHEMA, jsons

        rows = {
            kind: [{"name": name, "suffixes": list(suffixes), "about": about} for name, suffixes, about in listed]
            for kind, listed in (("formats", formats), ("containers", containers))
        }
        write([jsons.json_text({"schema": SCHEMA, **rows}) + "\n"])
        return 0
    how = look(color="never", hyperlinks=False, force_layout=False)
    if how.layout:
        from searchkit.output.formatlist import format_lines

        write(format_lines((("formats", formats), ("containers", containers)), how.width))
        return 0
    for name, suffixes, about in (*formats, *containers):
        write([f"{name}\t{' '.join(suffixes)}\t{about}\n"])
    return 0

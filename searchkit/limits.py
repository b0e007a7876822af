"""What reading one file may cost, and the words in which a limit that was met is told."""

from __future__ import annotations

from searchkit.value import Value

_UNITS = {"file_mb": "MB", "record_mb": "MB", "ratio": "times", "nesting": "levels", "html_depth": "levels",
          "extraction_s": "seconds", "extraction_mb": "MB"}  # fmt: skip


class Limits(Value):
    """What reading one file may cost; whatever is over a limit becomes a bad record that names the limit.

    `file_mb` bounds a file that is one article, `record_mb` one record of a file with many, `ratio` how much longer
    a compressed stream may become (from 10 MB on), `nesting` how many containers may hold one another, `html_depth`
    how deep elements may lie in one another, `extraction_s` and `extraction_mb` what one page may take of time and
    memory. A MB is 2**20 bytes.
    """

    file_mb: int = 64
    record_mb: int = 64
    ratio: int = 200
    nesting: int = 3
    html_depth: int = 1000
    extraction_s: float = 20.0
    extraction_mb: int = 1024

    def over(self, name: str, trouble: str) -> str:
        """The reason of a bad record: what is too much, and the limit with the setting that raises it.

        `larger than one article may be; the limit is 64 MB (setting reading.file_mb)`
        """
        return f"{trouble}; the limit is {_number(getattr(self, name))} {_UNITS[name]} (setting reading.{name})"

    def may_differ(self, reason: str) -> bool:
        """Whether a reason that `over` once gave names a limit which is another now: it is worth another try."""
        return any(f"(setting reading.{name})" in reason and self.over(name, "") not in reason for name in _UNITS)


def _number(value: float) -> str:
    return str(int(value) if value == int(value) else value)

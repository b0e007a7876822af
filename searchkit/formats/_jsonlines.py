"""Lines of JSON -> articles, as JSON Lines have them and as files named .json often hold them too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from searchkit.format import BadRecord, ReadingOptions, Record
from searchkit.formats._bytes import UTF8_BOM, has_wide_bom, name_kind
from searchkit.formats._fields import kind_of
from searchkit.formats._records import RecordMaker


class BadJsonError(ValueError):
    """Bytes that are no JSON object; the message says why."""


def read_lines(stream: BinaryIO, source: str, options: ReadingOptions) -> Iterator[Record]:
    """Yield the article of each line; a bad line is a bad record, and one over the limit is never held in memory."""
    maker = RecordMaker(source, options, "line")
    limit = options.limits.record_mb * 2**20
    for number, line in _lines(stream, limit):
        if number == 1 and (kind := "UTF-16" if has_wide_bom(line) else name_kind(line)):
            yield BadRecord(source, f"begins like {kind}; JSON Lines are plain text in UTF-8")
            return
        if len(line) > limit:
            yield maker.bad(number, options.limits.over("record_mb", "longer than a record may be"))
            continue
        if line.isspace() or not line.removeprefix(UTF8_BOM).strip():
            continue
        try:
            record = parse_object(line)
        except BadJsonError as error:
            yield maker.bad(number, str(error))
            continue
        yield from maker.make(record, number, hashlib.sha256(line).hexdigest())


def _lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a stream, numbered from 1, without line ends; of one that is too long only its first part."""
    number = 0
    while line := stream.readline(limit + 2):
        number += 1
        ended = line.endswith(b"\n")
        yield number, line.removesuffix(b"\n").removesuffix(b"\r")
        del line
        while not ended and (rest := stream.readline(2**20)):
            ended = rest.endswith(b"\n")


def parse_object(raw: bytes) -> dict[str, Any]:
    """The object that these bytes are, in UTF-8. Raises BadJsonError."""
    record = parse_value(raw)
    if not isinstance(record, dict):
        raise BadJsonError(f"not a JSON object but {kind_of(record)}")
    return record


def parse_value(raw: bytes) -> Any:
    """The JSON value that these bytes are, in UTF-8. Raises BadJsonError."""
    try:
        return _DECODER.decode(raw.removeprefix(UTF8_BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadJsonError(f"not UTF-8: {error.reason} at byte {error.start + 1}") from error
    except RecursionError as error:
        raise BadJsonError("nested too deeply") from error
    except json.JSONDecodeError as error:
        raise BadJsonError(f"not JSON: {error.msg} at character {error.colno}") from error
    except ValueError as error:
        raise BadJsonError("a number in it is NaN, infinite or far too long") from error


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


# Made once: json.loads would make one for each line.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)

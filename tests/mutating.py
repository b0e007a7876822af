"""Damaged inputs by chance, from a fixed seed, and what reading them may not do: raise, hang, leak.

As a program it reads every file of a folder, and then some thousands of mutations of them:

    python -m tests.mutating FOLDER COUNT
"""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import tests.formats
from searchkit.article import Article
from searchkit.extraction import Extraction, Ticket
from searchkit.format import BadRecord, Limits, Page, ReadingOptions
from searchkit.formats import FORMATS, PAGE_EXTRACTOR
from searchkit.reading import Physical, Reader, Unknown
from tests.archives import PACKERS, tar_of, zip_of
from tests.formats.contract import FormatContract

LONGEST_S = 20
"""Reading one input takes milliseconds; what takes so long hangs."""

OPTIONS = ReadingOptions(limits=Limits(file_mb=8, record_mb=8, extraction_s=15, extraction_mb=512))
_TOKENS = (
    b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\n\n", b"<", b">", b"&", b"<!--", b"]]>", b"<![CDATA[", b'"',
    b"'", b"{", b"}", b"[", b"]", b"\\", b"\\u0000", b"\\ud800", b"-1", b"1e999", b"9" * 30, b"NaN", b"=?utf-8?b?", b"%00",
    b"From ", b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"Content-Length: -1\r\n", b"http://[", b"//",
    b"\x1b[31m", b"<!ENTITY a 'b'>", b"&a;", b"<div>" * 3000, b"[" * 3000, b'{"a":' * 3000, b"0000-00-00",
    b"9999-99-99", b"\xed\xa0\x80",
)  # fmt: skip


def samples() -> dict[str, bytes]:
    """A good file of each format, by a name with its usual ending, as the formats' tests have them; and containers."""
    found: dict[str, bytes] = {}
    for module in pkgutil.iter_modules(tests.formats.__path__, "tests.formats."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, FormatContract) and hasattr(value, "good"):
                found[f"{value.__name__}{value.format.suffixes[0]}"] = value.good
    plain = list(found.items())
    found |= {"all.zip": zip_of(*plain), "all.tar": tar_of(*plain)}
    for ending, pack in PACKERS.items():
        found[f"all.tar{ending}"] = pack(found["all.tar"])
        found |= {name + ending: pack(data) for name, data in plain}
    return found


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The same bytes with some damage."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(changed) + 1)
        length = min(chance.choice((1, 2, 4, 16, 100, 1000)), len(changed) - at)
        match chance.randrange(8):
            case 0:
                del changed[at:]
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length] * chance.choice((1, 2, 50))
            case 3:
                changed[at : at + length] = chance.randbytes(length)
            case 4:
                changed[at:at] = chance.choice(_TOKENS)
            case 5:
                other = chance.choice(others)
                begin = chance.randrange(len(other) + 1)
                changed[at : at + length] = other[begin : begin + 4 * length]
            case _:
                for place in range(at, at + min(length, 4)):
                    changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed)


@dataclass
class Proof:
    """What came of reading inputs. `failures` are those that reading may not have; each begins with the input's name."""

    inputs: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    descriptors: int = 0
    memory_mb: float = 0.0
    """Memory kept at the end above that after the first tenth."""


def prove(inputs: Iterable[tuple[str, bytes]], count: int) -> Proof:
    """Read about so many inputs, pages included."""
    proof = Proof()
    before = _descriptors()
    memory = 0.0
    with Extraction(PAGE_EXTRACTOR, 2, OPTIONS) as extraction:
        waiting: list[Ticket] = []
        for name, data in inputs:
            started = time.monotonic()
            waiting += _read(name, data, extraction, proof)
            proof.slowest = max(proof.slowest, (time.monotonic() - started, name))
            proof.inputs += 1
            if proof.inputs == count // 10:
                memory = _resident_mb()
            while len(waiting) > 50:
                _count(extraction.wait(waiting.pop(0)), proof)
        for ticket in waiting:
            _count(extraction.wait(ticket), proof)
    proof.memory_mb = _resident_mb() - memory
    proof.descriptors = _descriptors() - before
    return proof


def damaged_samples(count: int, seed: int, good: dict[str, bytes] | None = None) -> Iterator[tuple[str, bytes]]:
    """So many mutations of the samples, the same for the same seed."""
    chance = random.Random(seed)
    good = good or samples()
    names, others = sorted(good), [good[name] for name in sorted(good)]
    for number in range(count):
        name = chance.choice(names)
        data = mutated(good[name], others, chance)
        # Half of them without an ending, so that the beginning tells what they are.
        yield f"{number}-{name}" if chance.random() < 0.5 else f"{number}-{name.replace('.', '_')}", data


def _read(name: str, data: bytes, extraction: Extraction, proof: Proof) -> Iterator[Ticket]:
    reader = Reader(name, FORMATS, OPTIONS)
    stream = io.BufferedReader(io.BytesIO(data))  # type: ignore[arg-type]
    signal.signal(signal.SIGALRM, _hangs)
    signal.alarm(LONGEST_S)
    try:
        reader.knows(data[:4096])
        for record in reader.read(Physical(stream, len(data))):
            if isinstance(record, Page):
                proof.counts["pages"] += 1
                yield extraction.submit(record)
            elif isinstance(record, Unknown):
                proof.counts["unknown"] += 1
            else:
                _count([record], proof)
    except Exception:
        proof.failures.append(f"{name}: {traceback.format_exc()}")
    finally:
        signal.alarm(0)


def _count(records: Iterable[object], proof: Proof) -> None:
    for record in records:
        proof.counts[type(record).__name__] += 1
        if isinstance(record, BadRecord):
            if "extraction failed" in record.reason or "setting reading.extraction" in record.reason:
                proof.failures.append(f"{record.source}: {record.reason}")
        elif isinstance(record, Article) and not (record.title or record.body or record.links):
            proof.failures.append(f"{record.source}: an article of nothing")


def _hangs(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"took longer than {LONGEST_S} seconds")


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def main(folder: str, count: int) -> None:
    """Read a folder's files, then mutations of them, and tell what came of it."""
    files = {str(file): file.read_bytes() for file in sorted(Path(folder).rglob("*")) if file.is_file()}
    small = {name: data for name, data in files.items() if data and len(data) < 2**20}
    for title, inputs, number in (
        ("files", iter(files.items()), len(files)),
        ("mutations", damaged_samples(count, 1, small), count),
    ):
        started = time.monotonic()
        proof = prove(inputs, number)
        sys.stdout.write(f"{title}: {proof.inputs} in {time.monotonic() - started:.0f} s, {dict(proof.counts)}, ")
        sys.stdout.write(f"slowest {proof.slowest[0]:.1f} s {proof.slowest[1]}, {proof.descriptors} descriptors, ")
        sys.stdout.write(f"{proof.memory_mb:.0f} MB more, {len(proof.failures)} failures\n")
        sys.stdout.writelines(f"{failure}\n" for failure in proof.failures[:40])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

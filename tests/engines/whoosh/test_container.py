"""Containers: what is written is read, and what is damaged is told."""

from __future__ import annotations

import tempfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engines.whoosh.container import Container, ContainerWriter, Damaged, FileSum


def write(path: Path, sections: dict[str, bytes]) -> FileSum:
    writer = ContainerWriter(path)
    for name, data in sections.items():
        writer.add(name, data)
    return writer.finish()


@given(st.dictionaries(st.text(max_size=5), st.binary(max_size=50), max_size=6))
def test_sections_come_back(sections: dict[str, bytes]) -> None:
    """Every section is read as written, begins at a multiple of 8, and size and CRC-32 are the file's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        made = write(path, sections)
        content = path.read_bytes()
        assert made == FileSum("file", len(content), zlib.crc32(content))
        assert path.stat().st_mode & 0o777 == 0o600
        with Container(path) as container:
            assert {name: bytes(container.section(name)) for name in sections} == sections
            assert all(offset % 8 == 0 for offset, *_ in container._directory.values())


def test_sections_filled_bit_by_bit(tmp_path: Path) -> None:
    """A section may be appended to in pieces of any type; numbers are read as the type they were written in."""
    writer = ContainerWriter(tmp_path / "file")
    writer.add("odd", b"abc")
    writer.begin("numbers")
    writer.append(np.array([1, 2], np.uint64))
    writer.append(b"")
    writer.append(np.array([], np.uint64))
    writer.append(np.array([1 << 63], np.uint64))
    writer.begin("empty")
    writer.finish()
    with Container(tmp_path / "file") as container:
        numbers = container.numbers("numbers", "Q")
        assert numbers.tolist() == [1, 2, 1 << 63]
        assert len(container.section("empty")) == 0
        with pytest.raises(Damaged, match=r"'odd' has 3 bytes"):
            container.numbers("odd", "I")
        with pytest.raises(Damaged, match="no section 'other'"):
            container.section("other")
    assert numbers.tolist() == [1, 2, 1 << 63]


def test_a_section_is_checked_when_it_is_asked_for(tmp_path: Path) -> None:
    """A flip anywhere in a section is damage when that section is asked for, and not before; unchecked ones pass."""
    write(tmp_path / "file", {"a": b"x" * 20, "b": b"y" * 9})
    content = bytearray((tmp_path / "file").read_bytes())
    content[content.index(b"x") + 7] ^= 4
    (tmp_path / "file").write_bytes(content)
    with Container(tmp_path / "file") as container:
        assert bytes(container.section("b")) == b"y" * 9
        assert len(container.unchecked("a")) == 20
        for _ in range(2):
            with pytest.raises(Damaged, match="'a' does not hold what was written"):
                container.section("a")


def test_abandoned_file_is_gone(tmp_path: Path) -> None:
    """An abandoned file leaves nothing; an existing file is never written over."""
    writer = ContainerWriter(tmp_path / "file")
    writer.add("a", b"x")
    writer.abandon()
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / "file", {})
    with pytest.raises(FileExistsError):
        ContainerWriter(tmp_path / "file")


def test_every_truncation_is_told(tmp_path: Path) -> None:
    """A file cut off anywhere is refused when opened."""
    write(tmp_path / "whole", {"a": b"x" * 20, "b": b"y"})
    content = (tmp_path / "whole").read_bytes()
    for length in range(len(content)):
        (tmp_path / "cut").write_bytes(content[:length])
        with pytest.raises(Damaged):
            Container(tmp_path / "cut")


def test_damage_of_the_frame_is_told(tmp_path: Path) -> None:
    """A flipped bit in magic number, version, directory or trailer is refused when opened."""
    write(tmp_path / "whole", {"a": b"x" * 20})
    content = (tmp_path / "whole").read_bytes()
    directory = content.index(b"{")
    for place in (*range(5), *range(directory, len(content))):
        for bit in range(8):
            damaged = bytearray(content)
            damaged[place] ^= 1 << bit
            (tmp_path / "damaged").write_bytes(damaged)
            with pytest.raises(Damaged):
                Container(tmp_path / "damaged")

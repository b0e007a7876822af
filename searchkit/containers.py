"""Archives of files (ZIP, tar) -> their members, one after the other, as streams; nothing is written anywhere.

A member's name is told as it stands in the archive, also one like `../../etc/passwd` or `/etc/passwd`: it only names.
"""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Self, cast

from searchkit.decompression import FREE_OF_RATIO, Guarded
from searchkit.limits import Limits
from searchkit.value import Value

TAR_MAGIC_AT = 257
_BLOCK = 512
_LONGEST_HEADER = 2**20
_ENDS = 10
# Documents that are ZIP archives inside, but none of articles.
_DOCUMENTS = (
    ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".odt", ".ods", ".odp", ".odg", ".epub", ".jar", ".war", ".apk", ".whl",
    ".xpi", ".crx", ".kmz", ".cbz", ".sketch", ".pages", ".numbers", ".key", ".npz", ".egg", ".ipa", ".vsix",
)  # fmt: skip


class Member(Value):
    """A file in an archive: to be read from `stream`, before the next one is asked for, or `trouble` says why not.

    `remark` is worth knowing all the same. Without a name, what is told concerns the archive.
    """

    name: str
    stream: Guarded | None = None
    trouble: str = ""
    remark: str = ""


def archive_of(name: str, head: bytes) -> str | None:
    """What kind of archive begins so: "zip", "tar", or None."""
    lower = name.lower()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not lower.endswith(_DOCUMENTS):
        return "zip"
    if head[TAR_MAGIC_AT : TAR_MAGIC_AT + 5] == b"ustar" or (lower.endswith(".tar") and len(head) >= _BLOCK):
        return "tar"
    return None


def zip_members(stream: BinaryIO, limits: Limits) -> Iterator[Member]:
    """The files in a ZIP archive, in the order of its directory; `stream` can be wound."""
    try:
        archive = zipfile.ZipFile(stream)
    except OSError:
        raise
    except Exception as error:  # zipfile fails in many ways on what was made to break it
        yield Member("", trouble=f"damaged: {_told(error)}; a ZIP archive is read by the directory at its end")
        return
    size = stream.seek(0, 2)
    produced = 0
    with archive:
        for info in archive.infolist():
            if info.is_dir() or _is_hidden(info.filename):
                continue
            if produced > max(limits.ratio * size, FREE_OF_RATIO):
                # Members that overlap can swell to anything though each stays within its ratio.
                yield Member("", trouble=limits.over("ratio", "swells to many times its size; not read further"))
                return
            member = _zip_member(archive, info, stream, limits)
            yield member
            produced += member.stream.produced if member.stream else 0


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, stream: BinaryIO, limits: Limits) -> Member:
    if info.flag_bits & 1:
        return Member(info.filename, trouble="encrypted; unpack it with its password and index what comes out")
    try:
        file = cast(zipfile.ZipExtFile, archive.open(info))
    except OSError:
        raise
    except Exception as error:
        return Member(info.filename, trouble=f"cannot be unpacked: {_told(error)}")
    # What the directory says of sizes may be a lie; where the stream stands is not.
    return Member(info.filename, Guarded(file.read1, lambda: stream.tell() - info.header_offset, limits))


def tar_members(stream: BinaryIO, limits: Limits) -> Iterator[Member]:
    """The files in a tar archive, which is read once from its beginning to its end."""
    whole = _Whole()
    bounded: Any = _Bounded(stream, whole)  # reading is all that tarfile asks of it
    archive: Any
    try:
        archive = tarfile.open(fileobj=bounded, mode="r|", tarinfo=whole.header_type())  # noqa: SIM115
        with archive:
            for info in archive:
                archive.members.clear()  # else it grows with the archive
                if info.isdir() or _is_hidden(info.name):
                    continue
                yield _tar_member(archive, info, limits)
    except OSError as error:
        if error.errno is not None:
            raise
        whole.trouble = whole.trouble or f"damaged: {_told(error)}"
    except Exception as error:  # so does tarfile
        whole.trouble = whole.trouble or f"damaged: {_told(error)}"
    if whole.trouble:
        yield Member("", trouble=whole.trouble)
    elif not whole.ended:
        yield Member("", remark="has no mark at its end; it may have been cut off there")


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, limits: Limits) -> Member:
    if not info.isreg():
        return Member(info.name, remark=f"skipped: is {_kind(info)}, not a file")
    if info.issparse():
        return Member(info.name, trouble="a sparse file, which is not read; unpack it and index what comes out")
    stream = archive.fileobj
    assert stream is not None and stream.tell() == info.offset_data
    left = info.size

    def read(size: int) -> bytes:
        # Not by `extractfile`, which gives nothing at all of the last piece when that is cut.
        nonlocal left
        data: bytes = stream.read(min(size, left))
        if left and not data:
            raise EOFError
        left -= len(data)
        return data

    return Member(info.name, Guarded(read, lambda: info.size, limits))


def _kind(info: tarfile.TarInfo) -> str:
    return "a link" if info.issym() or info.islnk() else "a device or pipe"


def _is_hidden(name: str) -> bool:
    """Whether a member is one that is passed over in a folder, too: a leading dot, or what macOS puts beside files."""
    parts = [part for part in name.split("/") if part not in (".", "..")]
    return any(part.startswith(".") for part in parts) or "__MACOSX" in parts


class _Whole:
    """Whether a tar archive was read to its true end. tarfile does not tell: to it, damage is just the end."""

    def __init__(self) -> None:
        self.ended = False
        self.trouble = ""
        self.header_left = 0

    def header_type(self) -> type[tarfile.TarInfo]:
        whole = self

        class Header(tarfile.TarInfo):
            """Reads headers, and notes how that ended."""

            @classmethod
            def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
                outermost = whole.header_left == 0
                whole.header_left = whole.header_left or _LONGEST_HEADER
                try:
                    return super().fromtarfile(tarfile_)
                except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
                    whole.ended = True
                    raise
                except tarfile.EmptyHeaderError:  # type: ignore[attr-defined]
                    raise
                except tarfile.HeaderError as error:
                    whole.trouble = f"damaged or cut off: {_told(error)}"
                    raise
                finally:
                    if outermost:
                        whole.header_left = 0

        return Header


class _Bounded:
    """The stream under a tar archive. It ends when a header is far too long, as tarfile would hold it in memory, and
    insists on its end, as tarfile would look for a member of 10^20 bytes block by block."""

    def __init__(self, stream: BinaryIO, whole: _Whole) -> None:
        self._stream = stream
        self._whole = whole
        self._ends = 0

    def read(self, size: int) -> bytes:
        if self._whole.header_left:
            self._whole.header_left = max(1, self._whole.header_left - size)
            if self._whole.header_left == 1:
                self._whole.trouble = "damaged: a header in it is longer than 1 MB"
                return b""
        data = self._stream.read(size)
        self._ends += not data
        if self._ends > _ENDS:
            raise EOFError("cut off: the data end before they should")
        return data


def _told(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__

"""What a file of an instrument is: how its format is recognised and read."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from halosink.contracts import Text

if TYPE_CHECKING:
    import pandas as pd

HEAD = 65_536
"""Bytes that recognition may look at."""


@dataclass
class Opened:
    """A file before its format is known."""

    path: Path
    name: str
    """As the user knows it; problems name it so."""
    head: bytes = b""
    members: tuple[str, ...] = ()
    """Names inside a zip archive; empty for other files."""
    packed: bool = False
    """Whether the file is compressed by gzip; `head` is of what is inside."""

    @classmethod
    def open(cls, path: Path, name: str = "") -> Opened:
        """Raises OSError."""
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        members: tuple[str, ...] = ()
        if packed := head.startswith(b"\x1f\x8b"):
            head = _inside(path)
        if head.startswith(b"PK\x03\x04"):
            try:
                with zipfile.ZipFile(path) as archive:
                    members = tuple(archive.namelist())
            except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
                members = ()
        return cls(path, name or path.name, head, members, packed)

    @cached_property
    def text(self) -> str:
        """The head as text; instruments write ASCII, so any single-byte encoding will do to recognise them."""
        head = self.head[3:] if self.head.startswith(b"\xef\xbb\xbf") else self.head
        return head.decode("latin-1")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def _inside(path: Path) -> bytes:
    """The first bytes in a file compressed by gzip, as far as they can be read."""
    head = b""
    try:
        with gzip.open(path) as stream:
            while len(head) < HEAD and (part := stream.read1(HEAD - len(head))):
                head += part
    except (EOFError, OSError, zlib.error):
        pass
    return head


@dataclass(frozen=True, slots=True)
class InstrumentFormat:
    """One format. `read` gives canonical columns (vocabulary names and units) and may add `source_row`;
    it raises records.Stop with the problems of a file that cannot be read.
    """

    name: str
    label: Text
    recognise: Callable[[Opened], bool]
    read: Callable[[Opened], pd.DataFrame]
    source: str
    suffixes: tuple[str, ...] = field(default=())
    kind: str = "analyser"
    """Kind of table it fills: analyser, chamber_concentrations, fluxes, eddy, weather or sensors."""

"""Tables of cells as small pictures that a page carries within itself."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DIVERGING = (
    "#053061", "#1a5899", "#3b8bbf", "#7db8d8", "#b8d8ea", "#e3eef4",
    "#f7f4ef", "#fbdcc4", "#f6b48f", "#e4795f", "#c53a41", "#8f0b2b",
)  # fmt: skip
"""From uptake to release, blue to red, dark at both ends: the colour-blind tell them apart. Own choice."""
RISING = ("#f4f7f0", "#d8e9c9", "#a9d5b4", "#6cbcae", "#3a9aa8", "#1f6f96", "#1d4579", "#1a1f4f")
"""Light to dark, for what is never below zero."""


def address(cells: NDArray[np.integer], colours: Sequence[str], none: str = "") -> str:
    """The address (data:...) of a picture of palette colours.

    cells: (rows, columns), place of the colour of each cell, below zero where there is none; `none` is the colour of
    those, "" for nothing. Raises ValueError: more than 255 colours.
    """
    if len(colours) > 255:
        raise ValueError("a palette holds 255 colours and one for nothing")
    palette = [*colours, none or "#ffffff"]
    places = np.where(cells < 0, len(colours), cells).astype(np.uint8)
    bits = 4 if len(palette) <= 16 else 8
    rows = b"".join(b"\0" + _packed(row, bits) for row in places)
    high, wide = places.shape
    chunks = [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, bits, 3, 0, 0, 0)),
        _chunk(b"PLTE", b"".join(bytes.fromhex(c[1:]) for c in palette)),
        b"" if none else _chunk(b"tRNS", b"\xff" * len(colours) + b"\0"),
        _chunk(b"IDAT", zlib.compress(rows, 9)),
        _chunk(b"IEND", b""),
    ]
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).decode("ascii")


def classes(values: NDArray[np.float64], edges: Sequence[float] | NDArray[np.float64]) -> NDArray[np.int64]:
    """The class of each value between the edges, values beyond them in the outermost; -1 where missing."""
    found = np.clip(np.searchsorted(np.asarray(edges), values, side="right") - 1, 0, len(edges) - 2)
    return np.where(np.isfinite(values), found, -1)


def _packed(row: NDArray[np.uint8], bits: int) -> bytes:
    if bits == 8:
        return row.tobytes()
    even = np.concatenate([row, np.zeros(len(row) % 2, np.uint8)])
    return bytes((even[::2] << 4 | even[1::2]).astype(np.uint8).tobytes())


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

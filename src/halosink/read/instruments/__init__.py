"""Files of gas analysers, chamber systems, eddy-covariance software and loggers, one format a file of this folder.

A format is recognised by what the file holds, not by its name.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.problems import Problem, UserError
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.records import Stop

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["InstrumentFormat", "formats", "read", "recognise"]


@cache
def formats() -> tuple[InstrumentFormat, ...]:
    """Every format of this folder: each module's FORMAT, or FORMATS."""
    found: list[InstrumentFormat] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        loaded = importlib.import_module(f"{__name__}.{module}")
        found += getattr(loaded, "FORMATS", [loaded.FORMAT] if hasattr(loaded, "FORMAT") else [])
    return tuple(found)


def known() -> Text:
    """The labels of all formats."""
    return Text(", ".join(f.label.en for f in formats()), "、".join(f.label.zh for f in formats()))


def plain(name: str) -> Problem:
    """What to say of a file that was read as a table because it is of no instrument known here."""
    return Problem("W-INSTRUMENT-PLAIN", name, values={"known": known()})


def recognise(opened: Opened) -> InstrumentFormat | None:
    """The format of a file, or None if it is not of an instrument known here."""
    return next((f for f in formats() if f.recognise(opened)), None)


def read(path: Path, name: str = "") -> pd.DataFrame:
    """See halosink.read.instrument."""
    try:
        opened = Opened.open(path, name)
    except OSError as error:
        raise UserError([Problem("E-INSTRUMENT-OPEN", name or str(path), values={"reason": str(error)})]) from None
    if not opened.head.strip():
        raise UserError([Problem("E-FILE-EMPTY", opened.name)])
    form = recognise(opened)
    if form is None:
        raise UserError([Problem("E-INSTRUMENT-UNKNOWN", opened.name, values={"known": known()})])
    try:
        frame = form.read(opened)
    except Stop as stop:
        raise UserError(stop.problems) from None
    if frame.empty:
        raise UserError([Problem("E-INSTRUMENT-EMPTY", opened.name, values={"format": form.label})])
    frame["source_file"] = opened.name
    if "source_row" not in frame:
        frame["source_row"] = range(1, len(frame) + 1)
    frame.attrs |= {"format": form.name, "kind": form.kind}
    return frame

"""Data files of the DMR logger: a line with the separator, Titles, Units, then one row a second.

Titles begin with the device (COM5A010C06_OperatingStatus: port, address, column). Analysers stand under XT, their gases
in the units of the Units line; a gas is taken as per mole of dry air unless its title says wet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from halosink.read.instruments.parts import dates, gases, headings, lines

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem
    from halosink.read.instruments.format import Opened

TITLES = "Titles:"
GAS = re.compile(r"XT\d+C\d+_(CO2|CH4|N2O|H2O|CO|NH3|C2H6|O2)\b\s*(.*)")
UNITS = {"ppm": "ppm", "ppb": "ppb", "%": "%"}


class Layout(NamedTuple):
    """Where the titles stand, what they are, and as they are written."""

    row: int
    titles: list[str]
    written: list[str]
    units: list[str]
    sep: str

    def ending(self, words: str) -> str:
        """The first title that ends so; empty if none does."""
        return next((t for t in self.titles if t.endswith(words)), "")


class Recording(NamedTuple):
    """What every such file holds: time, gases and source_row in `result`; all wanted columns in `frame`."""

    result: pd.DataFrame
    frame: pd.DataFrame
    problems: list[Problem]


def layout(opened: Opened) -> Layout | None:
    """The titles of a file of this logger; None for another file."""
    for sep in ("\t", ";", ","):
        row, titles = headings.find(opened, sep, lambda names: names[0] == TITLES and len(names) > 2)
        if row:
            below = headings.cells(opened.lines[row], sep) if len(opened.lines) > row else []
            units = [*below, *[""] * (len(titles) - len(below))]
            return Layout(row, lines.unique(titles), titles, units, sep)
    return None


def record(opened: Opened, form: Layout, numbers: list[str], words: list[str]) -> Recording:
    """The columns asked for, and the gases of all analysers; of the same gas the first analyser counts."""
    found = [
        gases.GasColumn(t, g[1], UNITS[u.strip()], "wet" not in g[2].lower())
        for t, u in zip(form.titles, form.units, strict=False)
        if (g := GAS.fullmatch(t)) and u.strip() in UNITS
    ]
    if not found:
        lines.lacking(opened.name, (), ("XT..C.._CO2 / CH4 / N2O",))
    kept = headings.DataLines(form.written, form.sep, (b"Units:", b"sep="))
    names = [t for t in form.titles if re.match(r"XT\d+C00_Instrument", t)]
    frame, problems = lines.table(
        opened,
        form.titles,
        sep=form.sep,
        after=form.row,
        wanted=[TITLES, *numbers, *words, *names, *(c.heading for c in found)],
        text=(TITLES, *words, *names),
        keep=kept,
    )
    problems += kept.problems(opened.name)
    frame, doubts = dates.timed(frame, (TITLES,), opened.name, "dmy")
    result = frame[["time", "source_row"]].assign(**gases.mole_fractions(frame, found))
    measured = {c.heading.split("C")[0] for c in found if frame[c.heading].notna().any()}
    used = [str(frame[n].iloc[0]) for n in names if n.split("C")[0] in measured and len(frame)]
    result.attrs |= {"analyser": ", ".join(dict.fromkeys(used)), "problems": [*problems, *doubts]}
    return Recording(result, frame, result.attrs["problems"])


def closed(result: pd.DataFrame, run: pd.Series, shut: pd.Series, names: pd.Series) -> pd.DataFrame:
    """With `closure`, `elapsed_time`, `closure_length` and `closure_end` for rows of a run (a number; NaN for none) in
    which the chamber was shut at some time; elapsed_time counts from the first row that is shut.
    """
    during = result["time"].where(shut & run.notna()).groupby(run)
    begin, end = during.transform("min"), during.transform("max")
    known = begin.notna()
    return result.assign(
        closure=names.where(known, ""),
        elapsed_time=(result["time"] - begin).dt.total_seconds(),
        closure_length=(end - begin).dt.total_seconds(),
        closure_end=end,
    )

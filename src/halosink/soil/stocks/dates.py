"""Changes of stocks between the first and the last sampling of a study, over all plots and class by class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.soil.stocks.change import STOCK_COLUMNS, change_table

Array = NDArray[np.float64]

LEAST_YEARS = 0.5
"""Years between two dates below which stocks are taken as one sampling. Own choice: the change of stocks in a season is
below what any design can see, and a campaign may take months."""
DAYS = 365.25


def sampled(stocks: pd.DataFrame) -> pd.Series:
    """Date of each row as a year with its fraction; NaN where neither `date` nor `year` is filled."""
    when = pd.Series(np.nan, index=stocks.index)
    if "date" in stocks:
        date = pd.to_datetime(stocks["date"])
        when = date.dt.year + (date.dt.day_of_year - 1) / DAYS
    if "year" in stocks:
        when = when.fillna(pd.to_numeric(stocks["year"], errors="coerce"))
    return when


def changes(
    stocks: Mapping[str, tuple[pd.DataFrame, Array | None]], *, unit: str, classes: Iterable[str] = (),
    block: str | None = None, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Change between the first and the last sampling, by each method and kind of carbon.

    stocks: {label: table of carbon_stocks and its draws}, e.g. one per method; unit: column that names the plot;
    classes: columns whose classes are shown apart; block: column of blocks. Samplings less than LEAST_YEARS apart
    count as one. Columns: label, carbon ("organic", "inorganic"), factor, class ("" over all plots), what change_table
    gives, first, last (mean date of either sampling, years), years, rate, rate_low, rate_high [t C ha-1 yr-1].
    Empty if there is one sampling only.
    """
    rows = []
    for label, (table, draws) in stocks.items():
        if unit not in table or table.empty:
            continue
        when = sampled(table)
        if not when.max() - when.min() >= LEAST_YEARS:
            continue
        early, late = when <= when.min() + LEAST_YEARS / 2, when >= when.max() - LEAST_YEARS / 2
        told = table.assign(_when=np.select([early, late], ["first", "last"], ""))
        carbon = "organic" if STOCK_COLUMNS[0] in table else "inorganic"
        for factor, name, part in _parts(told[early | late], classes):
            found = change_table(
                part,
                draws,
                when="_when",
                before="first",
                after="last",
                unit=unit,
                block=_blocks(part, block),
                seed=seed,
            )
            first, last = (float(when[part.index][part["_when"] == one].mean()) for one in ("first", "last"))
            found = found.assign(label=label, carbon=carbon, factor=factor, first=first, last=last, years=last - first)
            found["class"] = name
            for rate, of in (("rate", "estimate"), ("rate_low", "low"), ("rate_high", "high")):
                found[rate] = found[of] / (last - first) if of in found else np.nan
            rows.append(found)
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def _parts(table: pd.DataFrame, classes: Iterable[str]) -> Iterable[tuple[str, str, pd.DataFrame]]:
    yield "", "", table
    for factor in classes:
        if factor in table and table[factor].nunique() > 1:
            for name, part in table.groupby(factor, sort=True, observed=True):
                yield factor, str(name), part


def _blocks(part: pd.DataFrame, block: str | None) -> str | None:
    """The blocks, where each was sampled at both times."""
    if not block or block not in part or part[block].isna().any() or part[block].nunique() < 2:
        return None
    both = part.groupby(block, observed=True)["_when"].nunique()
    return block if (both == 2).all() else None

"""Which rows carry one and the same measurement: declared, or found in values that never differ within a place."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

LEVELS = ("region", "site", "block", "unit", "core", "sample")
CHANCE = 1e-3
"""Probability of ties by chance above which equal values are no sign of sharing. Own choice: one quantity in a thousand
would be taken as shared though it is not; four plots of two rows are still recognised."""
RARE_TIE = 0.01
"""Largest probability that two measurements of three or more significant digits agree by chance, taken where no two
places agree. Own choice: with three digits over one decade there are 900 values."""


def shared_level(value: pd.Series, keys: pd.DataFrame) -> str | None:
    """The coarsest level within which the quantity never varies although several rows carry it; None if it is per row.

    At least half of the groups with a value must have several rows, else one stray pair would decide (own choice).
    Ties must be implausible by chance (CHANCE): with p the share of pairs of groups whose values agree, (ties + 1) /
    (pairs + 1), the probability that all members agree is p^(members beyond the first of each group). A quantity that
    is equal everywhere, or a count or cover class with few values, therefore is not shared.
    """
    known = value.notna()
    v = value[known]
    members = pd.Series(np.arange(len(v)), index=v.index)
    found = None
    for level in (k for k in reversed(LEVELS) if k in keys and k != "region"):
        key = keys.loc[known, level]
        groups = v.groupby(key)
        sizes = groups.size()
        if len(sizes) < 2 or (sizes > 1).mean() < 0.5:
            continue
        if not np.allclose(groups.max(), groups.min(), rtol=1e-9, atol=0):
            break
        extra = int((members.groupby(key).nunique() - 1).sum())
        if extra and _tie(groups.first()) ** extra >= CHANCE:
            continue
        found, members = level, key
    return found


def _tie(values: pd.Series) -> float:
    """Probability that two groups have the same value by chance."""
    sizes = np.unique(values.to_numpy(float), return_counts=True)[1].astype(float)
    pairs, ties = len(values) * (len(values) - 1) / 2, float((sizes * (sizes - 1) / 2).sum())
    chance = (ties + 1) / (pairs + 1)
    return min(chance, RARE_TIE) if ties == 0 and digits(values.to_numpy(float)) >= 3 else chance


def digits(values: np.ndarray) -> float:
    """Median count of significant digits as written (up to 9), over the first 200 values."""
    texts = (f"{abs(v):.8e}" for v in values[:200])
    return float(np.median([len(t.split("e")[0].replace(".", "").rstrip("0")) for t in texts]))


def level_of(frame: pd.DataFrame, quantity: str, keys: pd.DataFrame, per: Mapping[str, str]) -> str | None:
    """The level at which the quantity was measured once: as declared where the table has that level, else as found."""
    declared = declared_level(quantity, per)
    if declared is not None and declared in keys:
        return declared
    return shared_level(frame[quantity], keys)


def declared_level(quantity: str, per: Mapping[str, str]) -> str | None:
    """The level that `per` names for the quantity ("plot" is the unit); None where it names none."""
    level = per.get(quantity)
    return "unit" if level == "plot" else level or None


def contradictions(value: pd.Series, key: pd.Series) -> int:
    """Groups in which the quantity has several values although it was declared to be measured once."""
    groups = value[value.notna()].groupby(key[value.notna()])
    return int((~np.isclose(groups.max(), groups.min(), rtol=1e-9, atol=0)).sum())


def varies_within(labels: pd.Series, key: pd.Series) -> bool:
    """Whether some group of the key holds several labels."""
    return bool((labels.groupby(key).nunique() > 1).any())

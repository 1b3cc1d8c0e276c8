"""Normal, saline, sodic and saline-sodic soil by the United States Salinity Laboratory, and the salic horizon."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from halosink.contracts import Text
from halosink.soil.salinity.published_lines import Array


class Criteria(NamedTuple):
    """Limits of ECe (dS/m), ESP (per cent), SAR and pH. Source: richards1954; see tables/ussl.toml."""

    ece: float
    esp: float
    sar: float
    ph: float
    classes: tuple[str, ...]
    labels: tuple[Text, ...]
    source: str


@cache
def ussl_criteria() -> Criteria:
    """The table file."""
    text = (resources.files(__package__) / "tables" / "ussl.toml").read_text("utf-8")
    entry = tomllib.loads(text)["ussl"]
    return Criteria(
        float(entry["ece"]),
        float(entry["esp"]),
        float(entry["sar"]),
        float(entry["ph"]),
        tuple(row[0] for row in entry["classes"]),
        tuple(Text(row[1], row[2]) for row in entry["classes"]),
        entry["source"],
    )


def ussl_probabilities(ece: ArrayLike, sodium: ArrayLike, limit: ArrayLike) -> Array:
    """(n, 4) share of draws that are normal, saline, sodic, saline-sodic; NaN where ECe or sodium is NaN.

    ece: (n, draws) dS/m; sodium: (n, draws) ESP or SAR; limit: (n,) the one that belongs to it. Above a limit counts.
    """
    salt, sodic = np.asarray(ece, dtype=float), np.asarray(sodium, dtype=float)
    saline, alkali = salt > ussl_criteria().ece, sodic > np.asarray(limit, dtype=float)[:, None]
    share = np.stack(
        [
            (~saline & ~alkali).mean(1),
            (saline & ~alkali).mean(1),
            (~saline & alkali).mean(1),
            (saline & alkali).mean(1),
        ],
        axis=1,
    )
    unknown = np.isnan(salt).any(axis=1) | np.isnan(sodic).any(axis=1)
    return np.asarray(np.where(unknown[:, None], np.nan, share))


def salic_probability(ece: ArrayLike, ph: ArrayLike, thickness: ArrayLike) -> Array:
    """(n,) share of the draws of ECe (n, draws) in dS/m that make a salic horizon of a layer `thickness` (n,) cm thick.

    ECe of 15 and thickness times ECe of 450, or with pH (n,) of 8.5 or more ECe of 8 and 240; 15 cm thick.
    Source: wrb2022. The first way needs no pH; NaN where ECe or thickness is unknown.
    """
    salt = np.asarray(ece, dtype=float)
    deep, acid = np.asarray(thickness, dtype=float)[:, None], np.asarray(ph, dtype=float)[:, None]
    neutral = (salt >= 15.0) & (salt * deep >= 450.0)
    alkaline = (acid >= 8.5) & (salt >= 8.0) & (salt * deep >= 240.0)
    share = ((neutral | alkaline) & (deep >= 15.0)).mean(axis=1)
    return np.asarray(np.where(np.isnan(salt).any(axis=1) | np.isnan(deep[:, 0]), np.nan, share))

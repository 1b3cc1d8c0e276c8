"""Published lines from the conductivity of a soil extract to that of the saturation extract."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
RATIOS = {"ec_1_1": 1.0, "ec_1_2": 2.0, "ec_1_2_5": 2.5, "ec_1_5": 5.0}
"""kg water per kg soil of each column."""
TEXTURES = ("coarse", "medium", "fine")
DRIEST_PASTE, WETTEST_PASTE = 15.0, 150.0
"""Own choice: saturation percentages of a coarse sand and of a heavy clay, per cent, between which pastes lie."""


class Line(NamedTuple):
    """ECe = intercept + slope EC (linear) or ln ECe = intercept + slope ln EC (power), both in dS/m.

    `source` is the study, `seen` where its coefficients were read; both are keys of the bibliography.
    """

    name: str
    study: str
    ratio: float
    form: str
    intercept: float
    slope: float
    texture: str
    source: str
    seen: str
    range: str

    def ece(self, ec: Array) -> Array:
        """ECe in dS/m of EC in dS/m; not positive where the line does not hold."""
        with np.errstate(divide="ignore"):
            if self.form == "power":
                return np.asarray(np.exp(self.intercept + self.slope * np.log(ec)))
            return np.asarray(self.intercept + self.slope * ec)


@cache
def extract_lines() -> tuple[Line, ...]:
    """Every published line, from tables/extract_lines.csv.

    Left out: the factors 4.5 (1:5) and 5 (1:2) that a compilation ascribes to USDA, as a narrower extract cannot need
    the larger factor. The textures of Sonmez and of Hogg follow plos2018ec; soilassessment has them the other way
    round, against the lesser water that a sandy paste holds and against the falling slopes of kargas2018.
    """
    text = (resources.files(__package__) / "tables" / "extract_lines.csv").read_text("utf-8")
    return tuple(
        Line(
            row["line"],
            row["study"],
            float(row["ratio"]),
            row["form"],
            float(row["intercept"]),
            float(row["slope"]),
            row["texture"],
            row["source"],
            row["seen"],
            row["range"],
        )
        for row in csv.DictReader(text.splitlines())
    )


class Factors(NamedTuple):
    """(n,) each: mean of ln(ECe / EC) over studies, its sum of squares about the mean, and the number of studies."""

    mean: Array
    squares: Array
    studies: Array


def factors(ec: Array, ratio: float, texture: NDArray[np.str_], lines: tuple[Line, ...]) -> Factors:
    """What the lines say of ECe / EC at each EC (n,) for its texture ("" for unknown).

    A line counts where its factor lies between 1 (a paste is never weaker than a wider extract) or 100 ratio /
    WETTEST_PASTE and 100 ratio / DRIEST_PASTE (all salt of the extract in the water of the paste); where none does,
    slopes alone count. A study counts once: by its line for the texture, by all its lines alike where the texture is
    unknown. A study of soils of any texture is moved by the mean distance of the lines of a texture from their studies.
    ValueError for a ratio without lines.
    """
    found = [line for line in lines if line.ratio == ratio]
    if not found:
        raise ValueError(f"no published line for a 1:{ratio:g} extract")
    values = np.stack([line.ece(ec) for line in found])
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = values / ec
    least = max(1.0, 100.0 * ratio / WETTEST_PASTE)
    holds = (factor >= least) & (factor <= 100.0 * ratio / DRIEST_PASTE)
    fits = np.array([[line.texture in (t, "any") or t == "" for t in texture] for line in found], dtype=bool)
    alone = np.array([line.slope if line.form == "linear" else np.exp(line.intercept) for line in found])
    none = ~(holds & fits).any(axis=0)
    factor = np.where(none, alone[:, None], factor)
    use = fits & (holds | none)
    log = np.log(np.where(use, factor, 1.0))
    names = sorted({line.study for line in found})
    member = np.array([[line.study == name for line in found] for name in names], dtype=float)
    log = log + _texture_offset(found, texture)
    number = member @ use
    mean_of = np.divide(member @ np.where(use, log, 0.0), number, out=np.zeros_like(number), where=number > 0)
    has = number > 0
    studies = has.sum(axis=0).astype(float)
    mean = np.where(has, mean_of, 0.0).sum(axis=0) / studies
    squares = np.where(has, (mean_of - mean) ** 2, 0.0).sum(axis=0)
    inner = np.where(use, (log - member.T @ mean_of) ** 2, 0.0)
    squares = squares + np.divide(member @ inner, number, out=np.zeros_like(number), where=number > 0).sum(axis=0)
    return Factors(mean, squares, studies)


def _texture_offset(found: list[Line], texture: NDArray[np.str_]) -> Array:
    """(lines, n) what is added to ln factor of the lines of any texture: mean over studies of ln slope by texture."""
    by_study: dict[str, dict[str, float]] = {}
    for line in found:
        if line.texture != "any":
            by_study.setdefault(line.study, {})[line.texture] = float(np.log(line.slope))
    offset = {"": 0.0}
    for name in TEXTURES:
        apart = [s[name] - sum(s.values()) / len(s) for s in by_study.values() if name in s]
        offset[name] = sum(apart) / len(apart) if apart else 0.0
    moved = np.array([offset[t] for t in texture])
    mixed = np.array([line.texture == "any" for line in found], dtype=float)
    return np.asarray(mixed[:, None] * moved)

"""Parameters with unit, range, prior and source, and draws from their priors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from halosink.contracts import Text

Distribution = Literal["fixed", "normal", "lognormal", "beta", "uniform"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a process.

    value: the middle, used where nothing is drawn. prior: "normal" (a mean, b standard deviation), "lognormal" (a
    median, b standard deviation of the logarithm), "beta" (a, b shapes), "uniform" (a, b ends), "fixed"; draws are cut
    to [low, high]. source: key of sources.bib, "own_choice" with the reason in `about`.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    prior: Distribution
    a: float
    b: float
    label: Text
    about: Text
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.name}: {self.value} lies outside {self.low} to {self.high}")


def middle(parameters: Iterable[Parameter]) -> dict[str, float]:
    """{name: value}"""
    return {p.name: p.value for p in parameters}


def draw(parameters: Iterable[Parameter], draws: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """{name: (draws,)} from the priors, each cut to its range by its own quantiles.

    Every parameter has a stream of its own, so that adding one leaves the draws of the others as they are.
    """
    return {p.name: _draw(p, draws, seed) for p in parameters}


def _draw(parameter: Parameter, draws: int, seed: int) -> NDArray[np.float64]:
    if parameter.prior == "fixed":
        return np.full(draws, parameter.value)
    known = {
        "normal": lambda a, b: stats.norm(a, b),
        "lognormal": lambda a, b: stats.lognorm(b, scale=a),
        "beta": lambda a, b: stats.beta(a, b),
        "uniform": lambda a, b: stats.uniform(a, b - a),
    }[parameter.prior](parameter.a, parameter.b)
    letters = np.frombuffer(parameter.name.encode(), dtype=np.uint8).tolist()
    share = np.random.default_rng(np.random.SeedSequence([seed, *letters])).random(draws)
    ends = known.cdf([parameter.low, parameter.high])
    values: NDArray[np.float64] = known.ppf(ends[0] + share * (ends[1] - ends[0]))
    return np.clip(values, parameter.low, parameter.high)


def merged(parameters: Iterable[Parameter], given: Mapping[str, float]) -> dict[str, float]:
    """Middles with some replaced. Raises KeyError for a name that is no parameter."""
    known = middle(parameters)
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise KeyError(f"no such parameters: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    return {**known, **given}

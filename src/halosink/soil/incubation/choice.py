"""Which model a series speaks for, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import special

from halosink.soil.incubation.fitting import Fit, Task, fit
from halosink.soil.incubation.models import MODELS
from halosink.soil.incubation.noise import Noise, best_memory
from halosink.soil.incubation.scatter import Scatter, prepare
from halosink.soil.incubation.series import Array, Release

# burnham2004: models within 2 of the least criterion have substantial support
SUBSTANTIAL = 2.0
# own choice: with fewer readings a memory of the errors cannot be told from a bend of the curve
ENOUGH_FOR_MEMORY = 12
MEMORIES = 6
# own choice: up to so many readings AICc keeps a steady rate against almost any fall, and an F test (5 %) decides
FEW_READINGS, LEVEL = 8, 0.05
# own choice: further than this above the least AICc a model has no weight, and a new fit gains less
HOPELESS = 15.0

# why a model was chosen
CLEAR, SIMPLEST, FALLS = "clear", "simplest_of_equals", "clear_fall"
ASKED, ONLY, NONE = "asked_for", "only_one", "none"
# why a model was not fitted
FEW, COLLAPSES = "too_few_readings", "collapses"


@dataclass(frozen=True, slots=True)
class Fitted:
    """All models of one series. `chosen` is a key of `fits` or "", `why` one of the codes above.

    missing: the code for every model that has no fit; ways: how the readings may scatter, the first is taken;
    memory: whether errors may hang together.
    """

    fits: Mapping[str, Fit]
    missing: Mapping[str, str]
    chosen: str
    why: str
    memory: bool
    ways: tuple[Scatter, ...]

    @property
    def task(self) -> Task:
        return self.ways[0].task

    @property
    def best(self) -> Fit:
        return self.fits[self.chosen]

    def difference(self) -> dict[str, float]:
        """AICc of every model less the least."""
        known = {name: f.aicc for name, f in self.fits.items()}
        least = min(known.values(), default=np.nan)
        return {name: value - least for name, value in known.items()}


def fit_models(release: Release, models: Sequence[str] | None = None, memory: bool = True) -> Fitted:
    """Fit the models (names of models.MODELS; all of them without names) and choose one.

    The simplest within 2 of the least AICc; with at most eight readings a steady rate gives way to a fall that an F
    test shows. memory: whether neighbouring errors may hang together, which every model decides by its own criterion.
    ValueError for an unknown name.
    """
    wanted = list(MODELS) if models is None else list(models)
    unknown = [name for name in wanted if name not in MODELS]
    if unknown:
        raise ValueError(f"unknown models {unknown}; known are {list(MODELS)}")
    ways = tuple(prepare(release))
    task = ways[0].task
    fits: dict[str, Fit] = {}
    missing: dict[str, str] = {}
    for name in wanted:
        model = MODELS[name]
        if release.n < model.parameters + 3:
            missing[name] = FEW
            continue
        found = fit(task, model)
        if found is None:
            missing[name] = COLLAPSES
            continue
        fits[name] = found
    if memory and len(memories(task)):
        for name in sorted(fits, key=lambda n: fits[n].aicc):
            fits[name] = _with_memory(task, fits[name], min(f.aicc for f in fits.values()))
    chosen, why = _choose(fits, models is not None)
    return Fitted(MappingProxyType(fits), MappingProxyType(missing), chosen, why, memory, ways)


def residuals(task: Task, found: Fit) -> Array:
    """(n,) mean fluxes less those of the model."""
    columns = found.model.columns(found.theta, task.release.start, task.release.end)
    return np.asarray(task.release.value - columns @ found.flux)


def memories(task: Task) -> Array:
    """Memories of the errors [d] that are tried: half a usual gap to a fifth of the incubation; none for few readings.

    Own choice: a longer memory is a bend of the curve.
    """
    if task.release.n < ENOUGH_FOR_MEMORY:
        return np.zeros(0)
    longest = task.release.length / 5
    return np.geomspace(min(float(np.median(task.noise.gap)) / 2, longest / 2), longest, MEMORIES)


def _with_memory(task: Task, found: Fit, least: float) -> Fit:
    """The fit with a memory of the errors, where that lowers its criterion and may bring it near the least."""
    gaps = task.noise.gap
    choices = memories(task)
    best = found
    memory = 0.0
    for _ in range(2):
        new, gain = best_memory(residuals(task, best), task.noise, choices)
        if new in (0.0, memory) or found.aicc - 2 * gain > least + HOPELESS:
            break
        memory = new
        trial = fit(Task(task.release, Noise(task.noise.scale, gaps, memory)), found.model, [best.theta])
        if trial is None or not trial.aicc < best.aicc:
            break
        best = trial
    return best


def _clear_fall(known: Mapping[str, Fit]) -> str:
    """The better of the models with two parameters where few readings fall beyond doubt against a steady rate."""
    steady = known["steady"]
    n = len(steady.noise.scale)
    falling = [name for name, f in known.items() if f.model.parameters == 2]
    if n > FEW_READINGS or not falling:
        return ""
    best = min(falling, key=lambda name: known[name].squares)
    ratio = (steady.squares - known[best].squares) / (known[best].squares / (n - 2))
    return best if special.fdtrc(1, n - 2, max(ratio, 0.0)) < LEVEL else ""


def _choose(fits: Mapping[str, Fit], asked: bool) -> tuple[str, str]:
    known = {name: f for name, f in fits.items() if np.isfinite(f.aicc)}
    if not known:
        return "", NONE
    if len(known) == 1:
        return next(iter(known)), ASKED if asked else ONLY
    least = min(f.aicc for f in known.values())
    close = [name for name, f in known.items() if f.aicc - least <= SUBSTANTIAL]
    if close == ["steady"] and (falling := _clear_fall(known)):
        return falling, FALLS
    if len(close) == 1:
        return close[0], CLEAR
    fewest = min(known[name].model.parameters for name in close)
    best = min((n for n in close if known[n].model.parameters == fewest), key=lambda n: known[n].aicc)
    return best, CLEAR if known[best].aicc == least else SIMPLEST

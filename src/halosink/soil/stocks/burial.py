"""Rates at which carbon is buried, from cores dated with lead-210 or caesium-137."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.contracts import LANGUAGES, Text
from halosink.problems import Problem
from halosink.soil.stocks.caesium_137 import PEAK_YEAR, peak
from halosink.soil.stocks.columns import codes, numbers
from halosink.soil.stocks.errors import Errors
from halosink.soil.stocks.lead_210 import DECAY, constant_sedimentation, constant_supply
from halosink.soil.stocks.organic_carbon import CarbonDraws, central, evidence
from halosink.soil.stocks.profiles import LEAST_DENSITY, MOST_CARBON, MOST_DENSITY, PROFILE, TOUCHING
from halosink.soil.stocks.streams import stream

Array = NDArray[np.float64]

ACTIVITY_ERROR = 0.10
"""Relative standard deviation of an activity without one of its own. Own choice: counting errors of some hundred to
thousand counts, 3 to 10 percent, as in the core of dunnington2016."""
FEWEST = 5
"""Sections with excess lead-210. Own choice: a line and a supported level have to be told apart."""
REACHED = 0.10
"""Excess of the deepest section over that of the uppermost. Own choice: below it less than some percent of the
inventory is missing; above it the ages of CRS would be too old."""
CLEAR = 2.0
"""Standard errors by which excess must stand above zero. Own choice: nearer to it the logarithm is bent by noise."""
SUPPORTED_SECTIONS = 3
"""Deepest sections whose mean is the supported activity where radium-226 was not measured. Own choice."""
HORIZON = 100.0
"""Years over which burial is averaged: about 4.5 half-lives, as far as excess lead-210 reaches. Own choice."""
MODELS = ("crs", "cfcs", "caesium_137")
REASONS = (
    "few_sections", "no_density", "no_carbon", "not_from_surface", "background_not_reached", "no_decline", "no_year",
    "no_peak", "at_surface", "at_bottom",
)  # fmt: skip
"""Why a core has no rate; sentences in texts/soil_stocks.toml."""


def carbon_burial(
    frame: pd.DataFrame, *, draws: int = 200, seed: int = 0, profile: Sequence[str] | None = None,
    setting: str = "marsh", errors: Errors | None = None, activity_error: float = ACTIVITY_ERROR,
) -> tuple[pd.DataFrame, list[Problem]]:  # fmt: skip
    """Mass accumulation and organic carbon burial of each dated core and model.

    frame: depth_top, depth_bottom [cm], bulk_density [g cm-3], what organic_carbon.evidence reads, lead_210_total and
    radium_226, caesium_137 [one unit per core], lead_210_total_error where known; `date` or `year` of the coring.
    Sections not measured for an activity, density or carbon take the value between their neighbours (no further than
    the outermost). The excess below the last section of CRS is that of the line of CFCS.
    Result, one row per core and model of MODELS whose tracer it has: the core's columns, model,
    mass_accumulation_rate [g m-2 yr-1], carbon_burial_rate [g C m-2 yr-1], accretion_rate [mm yr-1], each with _sd,
    _low, _high (95 % of draws); years (over which), depth [cm], sections, supported, r2, reason ("" or why there is no
    rate). Draws carry errors of activities, of the supported level, of density and carbon, of the line (CFCS) and of
    where in its section the peak lies (caesium-137). Burial is that of the last HORIZON years at most.
    Sources: appleby1978, robbins1978, sanchezcabeza2012, ritchie1990.
    """
    names = [c for c in (PROFILE if profile is None else profile) if c in frame]
    e = errors or Errors()
    top, bottom = numbers(frame, "depth_top"), numbers(frame, "depth_bottom")
    traced = np.isfinite(numbers(frame, "lead_210_total")) | np.isfinite(numbers(frame, "caesium_137"))
    code, count = codes(frame, names)
    dated = np.bincount(code, traced, count) > 0
    usable = np.flatnonzero(dated[code] & np.isfinite(top) & np.isfinite(bottom) & (top >= 0) & (bottom > top))
    order = usable[np.lexsort((bottom[usable], top[usable], code[usable]))]
    rows, start = [], np.flatnonzero(np.diff(code[order], prepend=-1))
    for number, part in enumerate(np.split(order, start[1:]) if len(order) else []):
        core = frame.iloc[part]
        key = {n: core[n].iloc[0] for n in names}
        rng = stream(seed, "burial", str(number))
        sampler = CarbonDraws.of(1, draws, e, seed + number)
        rows += [key | row for row in _core(core, rng, sampler, setting, activity_error)]
    out = pd.DataFrame(rows, columns=None if rows else [*names, "model", "reason"])
    bad = out[out["reason"] != ""] if len(out) else out
    problems = [
        Problem(
            "W-BURIAL-NO-RATE",
            count=len(g),
            values={
                "number": len(g),
                "model": _words(f"burial_model.{m}"),
                "why": _words(f"burial.{r}"),
            },
        )
        for (m, r), g in (bad.groupby(["model", "reason"]) if len(bad) else ())
    ]
    return out, problems


def _words(key: str) -> Text:
    return Text(*(vocabulary.say(f"soil_stocks.{key}", language) for language in LANGUAGES))


def _core(
    core: pd.DataFrame, rng: np.random.Generator, sampler: CarbonDraws, setting: str, error: float
) -> list[dict[str, object]]:
    e, draws = sampler.errors, sampler.shared.shape[1]
    layers = core.groupby(["depth_top", "depth_bottom"], sort=True).mean(numeric_only=True).reset_index()
    top, bottom = layers["depth_top"].to_numpy(float), layers["depth_bottom"].to_numpy(float)
    apart = np.concatenate([[True], top[1:] >= np.maximum.accumulate(bottom)[:-1] - TOUCHING])
    layers, top, bottom = layers[apart], top[apart], bottom[apart]
    middle, thick = (top + bottom) / 2, bottom - top
    density, known = numbers(layers, "bulk_density"), evidence(layers, setting)
    carbon = central(known)
    with np.errstate(invalid="ignore"):
        density = np.where((density >= LEAST_DENSITY) & (density <= MOST_DENSITY), density, np.nan)
        carbon = np.where((carbon >= 0) & (carbon <= MOST_CARBON), carbon, np.nan)
    geometry = _geometry(density, carbon, top)
    gaps = np.concatenate([[0.0], top[1:] - bottom[:-1]])
    half = np.append(gaps[1:], 0.0) / 2 + gaps / 2
    full = thick + half
    shape = (len(top), draws)
    noise = np.exp(e.density_shared * rng.normal(size=draws) + e.density_layer * rng.normal(size=shape))
    mass = 10 * _between(density, middle)[:, None] * full[:, None] * noise if not geometry else np.empty(shape)
    content = np.empty(shape)
    if not geometry:
        rows = np.flatnonzero(np.isfinite(carbon))
        drawn = sampler.draw(known.rows(rows), np.zeros(len(rows), dtype=np.intp), 0) / 1000
        content = _spread(drawn, middle[rows], middle)
    out = []
    total, caesium = numbers(layers, "lead_210_total"), numbers(layers, "caesium_137")
    if np.isfinite(total).any():
        out += _lead(layers, total, geometry, mass, content, bottom, rng, error)
    if np.isfinite(caesium).any():
        out.append(_caesium(layers, core, caesium, geometry, mass, content, top, bottom, rng))
    return out


def _geometry(density: Array, carbon: Array, top: Array) -> str:
    if not np.isfinite(density).any():
        return "no_density"
    if not np.isfinite(carbon).any():
        return "no_carbon"
    if top[0] > 2.0:
        return "not_from_surface"
    return ""


def _lead(layers: pd.DataFrame, total: Array, geometry: str, mass: Array, content: Array, bottom: Array,
          rng: np.random.Generator, error: float) -> list[dict[str, object]]:  # fmt: skip
    known = np.flatnonzero(np.isfinite(total))
    draws = mass.shape[1]
    radium, own = numbers(layers, "radium_226"), numbers(layers, "lead_210_total_error")
    deepest = known[-SUPPORTED_SECTIONS:]
    measured = bool(np.isfinite(radium[known]).sum() >= 1)
    level_of = radium[known][np.isfinite(radium[known])] if measured else total[deepest]
    level = float(level_of.mean())
    spread = float(level_of.std(ddof=1)) if len(level_of) > 1 else 0.0
    sd = np.where(np.isfinite(own[known]), own[known], error * np.abs(total[known]))
    noise = np.hypot(sd, spread / np.sqrt(len(level_of)))
    clear = total[known] - level > CLEAR * noise
    dated = known[clear & (np.arange(len(known)) < _run(clear))]
    base: dict[str, object] = {"sections": len(dated), "supported": level}
    reason = geometry or ("few_sections" if len(dated) < FEWEST else "")
    if reason:
        return [base | {"model": m, "reason": reason} for m in ("crs", "cfcs")]
    drawn = total[known, None] + sd[:, None] * rng.normal(size=(len(known), draws))
    supported = level + spread / np.sqrt(len(level_of)) * rng.normal(size=draws)
    last = int(dated[-1])
    place = np.cumsum(mass, axis=0) - mass / 2
    inside = np.arange(last + 1)
    central = _between(total, place.mean(axis=1))
    sampled = _spread(drawn, known.astype(float), inside.astype(float))
    excess, middle_excess = sampled - supported, central[: last + 1] - level
    rows = dated
    line = constant_sedimentation(excess[rows], place[rows])
    middle = constant_sedimentation(middle_excess[rows], place.mean(axis=1)[rows])
    held = mass[: last + 1], content[: last + 1], bottom[: last + 1]
    sum_mass = np.cumsum(held[0], axis=0)
    ends = known[-1] > last or float(middle_excess[rows[-1]]) <= REACHED * float(middle_excess[rows[0]])
    if ends:
        with np.errstate(over="ignore"):
            deeper = line.surface * np.exp(-DECAY * sum_mass[-1] / line.rate) * line.rate / DECAY
        supply = constant_supply(excess, held[0], below=np.where(np.isfinite(deeper), deeper, 0.0))
        out = [base | {"model": "crs"} | _rates(supply.age, *held)]
    else:
        out = [base | {"model": "crs", "reason": "background_not_reached"}]
    if not np.isfinite(middle.rate):
        return [*out, base | {"model": "cfcs", "reason": "no_decline"}]
    slope = 1 + float(middle.relative_error) * rng.standard_t(max(len(rows) - 2, 1), draws)
    rate = line.rate / np.where(slope > 0.05, slope, np.nan)
    out.append(base | {"model": "cfcs", "r2": float(middle.r2)} | _rates(sum_mass / rate, *held))
    return out


def _run(clear: NDArray[np.bool_]) -> int:
    """Sections before two in a row without clear excess."""
    twice = np.flatnonzero(~clear[:-1] & ~clear[1:])
    return int(twice[0]) if twice.size else len(clear)


def _rates(age: Array, mass: Array, content: Array, bottom: Array) -> dict[str, object]:
    """Means over the sections younger than HORIZON, in the middle; from ages at lower limits (n, draws)."""
    with np.errstate(invalid="ignore"):
        middle = np.array([np.nanmedian(a) if np.isfinite(a).mean() > 0.9 else np.nan for a in age])
    young = np.flatnonzero(np.isfinite(middle) & (middle <= HORIZON) & (middle > 0))
    if not young.size:
        return {"reason": "few_sections"}
    last = int(young[-1])
    years = np.where(age[last] > 0, age[last], np.nan)
    mass_rate = mass[: last + 1].sum(axis=0) / years * 1000
    burial = (mass * content)[: last + 1].sum(axis=0) / years * 1000
    return _summary(mass_rate, burial, bottom[last] * 10 / years, years, float(bottom[last]))


def _caesium(layers: pd.DataFrame, core: pd.DataFrame, activity: Array, geometry: str, mass: Array, content: Array,
             top: Array, bottom: Array, rng: np.random.Generator) -> dict[str, object]:  # fmt: skip
    base: dict[str, object] = {"model": "caesium_137", "sections": int(np.isfinite(activity).sum())}
    found, year = peak(activity), _year(core)
    reason = geometry or found.reason or ("" if np.isfinite(year) and year > PEAK_YEAR else "no_year")
    if reason:
        return base | {"reason": reason}
    draws, i = mass.shape[1], found.index
    where = rng.uniform(0, 1, draws)
    years = np.asarray(year - PEAK_YEAR + rng.uniform(-0.5, 0.5, draws), dtype=float)
    above = mass[:i].sum(axis=0) + where * mass[i]
    carbon = (mass * content)[:i].sum(axis=0) + where * mass[i] * content[i]
    depth = np.asarray(top[i] + where * (bottom[i] - top[i]), dtype=float)
    return base | _summary(above / years * 1000, carbon / years * 1000, depth * 10 / years, years, float(bottom[i]))


def _summary(mass_rate: Array, burial: Array, accretion: Array, years: Array, depth: float) -> dict[str, object]:
    out: dict[str, object] = {"years": float(np.nanmedian(years)), "depth": depth, "reason": ""}
    for name, drawn in (
        ("mass_accumulation_rate", mass_rate), ("carbon_burial_rate", burial), ("accretion_rate", accretion)
    ):  # fmt: skip
        low, middle, high = np.nanquantile(drawn, [0.025, 0.5, 0.975])
        out |= {name: float(middle), f"{name}_sd": float(np.nanstd(drawn)), f"{name}_low": float(low)}
        out[f"{name}_high"] = float(high)
    return out


def _between(values: Array, middle: Array) -> Array:
    """Missing values from their neighbours; beyond the outermost its own value."""
    known = np.isfinite(values)
    return np.asarray(np.interp(middle, middle[known], values[known]), dtype=float)


def _spread(drawn: Array, at: Array, wanted: Array) -> Array:
    """(q, draws) values at `wanted` on straight lines between those (n, draws) at `at`."""
    right = np.clip(np.searchsorted(at, wanted), 1, max(len(at) - 1, 1))
    if len(at) == 1:
        return np.repeat(drawn, len(wanted), axis=0)
    share = np.clip((wanted - at[right - 1]) / (at[right] - at[right - 1]), 0, 1)[:, None]
    return np.asarray(drawn[right - 1] * (1 - share) + drawn[right] * share, dtype=float)


def _year(core: pd.DataFrame) -> float:
    if "year" in core and core["year"].notna().any():
        return float(core["year"].dropna().iloc[0])
    if "date" in core and core["date"].notna().any():
        day = pd.Timestamp(core["date"].dropna().iloc[0])
        return day.year + day.dayofyear / 365.25
    return float("nan")

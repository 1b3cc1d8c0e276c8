"""Sums over years of all fluxes of a tower, with draws of what is uncertain in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.eddy.energy import evapotranspiration
from halosink.eddy.filling.fill import usable_drivers
from halosink.eddy.filling.forest import Forest
from halosink.eddy.filters.low_turbulence import not_day, too_low
from halosink.eddy.options import Options
from halosink.eddy.partitioning.split import Partition, drivers_of
from halosink.eddy.steps import Steps
from halosink.eddy.sums import misfit
from halosink.eddy.sums.draws import DAYS_PER_FREEDOM, Parts, between, combine, probabilities, quantiles
from halosink.eddy.sums.learn import learn, spread
from halosink.eddy.sums.misfit import Misfit
from halosink.eddy.sums.scenarios import Series, parts, whole, yearly
from halosink.eddy.sums.units import UNITS, amount
from halosink.eddy.sums.weights import classes
from halosink.eddy.threshold.find import Threshold

Array = NDArray[np.float64]
Temperature = Literal["air_temperature", "soil_temperature"]
Progress = Callable[[int, int], None]

COLUMNS = (
    "field", "year", "value", "low", "high", "unit", "sd_threshold", "sd_random", "sd_filling", "measured_share",
    "mds_share", "forest_share", "empty_share", "complete", "reason",
)  # fmt: skip
DRAWS = ("field", "year", "draw", "value")
TURBULENT = ("nee", "ch4_flux")
"""Fluxes of gases whose nights without turbulence are set aside (wutzler2018 for CO2; CH4 is stored alike)."""
DAY_SCENARIOS = 3
"""Thresholds carried through day-time partitioning; those between lie on straight lines. Own choice: a curve of light
is fitted to the day, which the threshold hardly touches, and it takes ten times as long as the night-time method."""
PERTURBED = 10
"""Versions of the record with other random errors that are partitioned anew. Own choice: the standard deviation of
ten is known to a quarter."""
BEYOND = 1.5
"""Times the median threshold with which sums are made once more: what still changes there, fluxes that had not wholly
arrived above the threshold, counts as one standard deviation. Own choice: the threshold is where 95 to 99 % of the flux
arrive (papale2006), so that resampling alone cannot tell what is missing beyond it."""
SUFFIX = {"night_time": "night", "day_time": "day"}


@dataclass(frozen=True, slots=True)
class Sums:
    """table: one row per field and year, with the columns of eddy/sums.parquet but the tower; value is the median of
    the draws, or the sum itself without draws. draws: those of eddy/sums_draws.parquet but the tower. misfits: by flux
    what filling misses, from made gaps."""

    table: pd.DataFrame
    draws: pd.DataFrame
    misfits: Mapping[str, Misfit] = field(default_factory=dict)


def annual_sums(
    table: pd.DataFrame,
    filled: Mapping[str, pd.DataFrame],
    *,
    partitions: Mapping[str, Partition] | None = None,
    thresholds: Threshold | None = None,
    forests: Mapping[str, Forest] | None = None,
    options: Options | None = None,
    temperature: Temperature = "air_temperature",
    seed: int = 0,
    progress: Progress | None = None,
) -> Sums:
    """Sums of each calendar year (by the middle of the steps) and their intervals.

    table: tower table whose fluxes passed all filters but that of low turbulence. filled: by flux (and by driver, for
    partitioning) what fill_gaps gave, for fluxes after that filter too. partitions: by method. thresholds: with
    bootstraps, whose quantiles are carried through; without, the threshold is taken as known. forests: those that
    filled long gaps, for the errors of their sums. options: scenarios, draws, confidence, convention. progress(done,
    of). temperature: with which partitions were made.

    Draws: each takes one of options.scenarios equally likely thresholds, after which gaps were filled and exchange was
    partitioned anew, and what a threshold BEYOND it would still change; the random error of measured steps, which
    counts for the steps that they fill too; and the error of filling by sampling (from made gaps, see misfit) and by
    the forest (Forest.covariance). Respiration and photosynthesis: random errors by partitioning versions of the record
    with other errors; what respiration misses between and outside measured nights by the same processes; those of the
    day-time method take both from the night-time one where that was done. Not in it: that respiration may follow
    another temperature, or another curve, than the method takes it to; on simulated towers whose respiration follows
    the soil, that is several times the rest. low, high (NaN where the spread of records is not known) hold
    options.confidence of the draws; sd_* are what each part alone gives. A year that lacks steps or holds empty ones is
    summed over what is there: complete False, with a reason ("partial_year", "empty_steps", "no_values"). Sources:
    wutzler2018 (scenarios of the threshold), richardson2007 (made gaps). Raises ValueError: times that are not regular.
    """
    o = options or Options()
    work = _Work(table, filled, partitions or {}, thresholds, forests or {}, o, temperature, seed, progress)
    rows, draws = [], []
    for name, values, source in work.fields():
        found = work.uncertain(name) if o.draws > 0 else None
        rows += work.rows(name, values, source, found)
        if found is not None:
            for at, year in enumerate(work.years):
                frame = {"field": name, "year": int(year), "draw": np.arange(o.draws), "value": found.draws[:, at]}
                draws.append(pd.DataFrame(frame))
    return Sums(
        pd.DataFrame(rows, columns=list(COLUMNS)),
        pd.concat(draws, ignore_index=True) if draws else pd.DataFrame(columns=list(DRAWS)),
        work.misfits,
    )


class _Work:
    """One tower while its sums are made."""

    def __init__(
        self, table: pd.DataFrame, filled: Mapping[str, pd.DataFrame], partitions: Mapping[str, Partition],
        thresholds: Threshold | None, forests: Mapping[str, Forest], options: Options,
        temperature: Temperature, seed: int, progress: Progress | None,
    ) -> None:  # fmt: skip
        self.table, self.filled, self.partitions, self.forests = table, filled, partitions, forests
        self.thresholds, self.o, self.seed, self.progress = thresholds, options, seed, progress
        self.temperature: Temperature = temperature
        self.steps = Steps.of(table["time"].to_numpy())
        self.years = np.unique(self.steps.year)
        self.light = self.column("shortwave_radiation")
        self.alike = classes(self.light, self.steps.hour)
        self.misfits: dict[str, Misfit] = {}
        self.scales: dict[str, Array] = {}
        self.found: dict[str, Parts] = {}
        self.freedom = len(self.steps) / self.steps.per_day / DAYS_PER_FREEDOM
        self.fluxes = [f for f in ("nee", "ch4_flux", "latent_heat_flux", "sensible_heat_flux") if f in filled]
        resampled = thresholds is not None and np.isfinite(thresholds.draws).any() and options.draws > 0
        self.scenarios = max(options.scenarios, 1) if resampled else 1
        self.total = len(self.fluxes) + len(partitions) * (self.scenarios + PERTURBED)
        self.done = 0

    def tell(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(min(self.done, self.total), self.total)

    def column(self, name: str) -> Array:
        if name not in self.table:
            return np.full(len(self.table), np.nan)
        return self.table[name].to_numpy(dtype=float, na_value=np.nan)

    def fields(self) -> list[tuple[str, Array, pd.Series]]:
        """Name, (n,) values and where they are from, of all that is summed."""
        out: list[tuple[str, Array, pd.Series]] = []
        for name in self.fluxes:
            fill = self.filled[name]
            out.append((name, fill["value"].to_numpy(float), fill["source"]))
            if name == "nee":
                for method, part in self.partitions.items():
                    for kind in ("gpp", "reco"):
                        values = part.table[kind].to_numpy(float)
                        if np.isfinite(values).any():
                            out.append((f"{kind}_{SUFFIX[method]}", values, fill["source"]))
            if name == "latent_heat_flux":
                out.append(("evapotranspiration", self.water(fill["value"].to_numpy(float)), fill["source"]))
        return out

    def water(self, heat: Array) -> Array:
        air = self.filled["air_temperature"]["value"].to_numpy(float) if "air_temperature" in self.filled else None
        air = self.column("air_temperature") if air is None else air
        known = np.isfinite(air)
        middle = air[known].mean() if known.any() else 15.0
        return evapotranspiration(heat, np.where(known, air, middle), self.steps.seconds)

    def rows(self, name: str, values: Array, source: pd.Series, found: Parts | None) -> list[dict[str, object]]:
        out: list[dict[str, object]] = []
        unit, code = amount(name, self.steps.seconds), source.cat.codes.to_numpy()
        kinds = list(source.cat.categories)
        tails = (1 - self.o.confidence) / 2, (1 + self.o.confidence) / 2
        for at, year in enumerate(self.years):
            own = self.steps.year == year
            there = np.isfinite(values[own])
            calendar = (np.datetime64(str(year + 1)) - np.datetime64(str(year))).astype("timedelta64[D]").astype(int)
            reason = "" if there.all() else "empty_steps"
            if own.sum() < calendar * self.steps.per_day:
                reason = "partial_year"
            row: dict[str, object] = {
                "field": name, "year": int(year), "value": float(np.nansum(values[own])) * unit, "low": np.nan,
                "high": np.nan, "unit": UNITS[name], "sd_threshold": np.nan, "sd_random": np.nan, "sd_filling": np.nan,
            }  # fmt: skip
            if not there.any():
                reason, row["value"] = "no_values", np.nan
            elif found is not None:
                low, middle, high = np.quantile(found.draws[:, at], (tails[0], 0.5, tails[1]))
                row |= {"value": float(middle), "low": float(low), "high": float(high)}
                row |= {
                    "sd_threshold": float(found.threshold[at]), "sd_random": float(found.random[at]),
                    "sd_filling": float(found.filling[at]),
                }  # fmt: skip
            shares = np.where(there, code[own], kinds.index("empty"))
            row |= {f"{kind}_share": float((shares == kinds.index(kind)).mean()) for kind in kinds}
            out.append(row | {"complete": reason == "", "reason": reason})
        return out

    def uncertain(self, name: str) -> Parts | None:
        if name not in self.found:
            if name == "evapotranspiration":
                water = self.as_water()
                if water is not None:
                    self.found[name] = water
            elif name in self.fluxes:
                self.of_flux(name)
        return self.found.get(name)

    def as_water(self) -> Parts | None:
        p = self.uncertain("latent_heat_flux")
        if p is None:
            return None
        heat = self.filled["latent_heat_flux"]["value"].to_numpy(float)
        mass = yearly(self.water(heat), self.steps, self.years)
        energy = yearly(heat, self.steps, self.years) * amount("latent_heat_flux", self.steps.seconds)
        with np.errstate(invalid="ignore", divide="ignore"):
            per = np.where(np.abs(energy) > 1e-9, mass / energy, np.nan)
        return Parts(p.draws * per, p.threshold * per, p.random * per, p.filling * per)

    def of_flux(self, name: str) -> None:
        """Draws of a flux, and of its parts where it was partitioned."""
        fill, steps = self.filled[name], self.steps
        source = fill["source"].astype(str).to_numpy()
        value, measured = fill["value"].to_numpy(float), source == "measured"
        base = np.where(measured, value, np.nan)
        estimate = fill["estimate"].to_numpy(float)
        scale = spread(estimate, fill["sd"].to_numpy(float), fill["count"].to_numpy())
        if not (np.isfinite(scale) & measured).any():
            return
        series = Series(
            self.column(name) if name in TURBULENT else base, value, np.isin(source, ("forest", "empty")),
            usable_drivers(self.table, name), self.o.convention,
        )  # fmt: skip
        learnt = learn(base, series.drivers, steps, scale, self.alike, self.o.convention, self.seed)
        self.misfits[name], self.scales[name] = learnt, scale
        random, filling = np.zeros(len(self.years)), np.zeros(len(self.years))
        for at, year in enumerate(self.years):
            own = steps.year == year
            random[at], filling[at] = misfit.variances(learnt, source == "mds", measured, own, scale, self.alike, steps)
            if not random[at] > 0:
                random[at] = float(np.nansum(scale[own & measured] ** 2))
        if name in self.forests and (source == "forest").any():
            group = np.where(source == "forest", np.searchsorted(self.years, steps.year), -1)
            filling += np.diag(self.forests[name].covariance(group, len(self.years)))
        versions = self.versions(name, series, base)
        unit = amount(name, steps.seconds)
        sums = np.array([yearly(full, steps, self.years) for _, full in versions]) * unit
        self.tell()
        self.put(name, sums, np.sqrt(random) * unit, np.sqrt(np.maximum(filling, 0)) * unit)
        if name == "nee" and self.partitions:
            self.of_parts(series, base, versions, scale, learnt, filling)

    def versions(self, name: str, series: Series, base: Array) -> list[tuple[Array, Array]]:
        """What is measured and what is filled under each threshold, and last under BEYOND times the median one; just
        one version where the threshold is taken as known."""
        if self.scenarios == 1 or name not in TURBULENT or self.thresholds is None:
            return [(base, series.value)]
        t = self.thresholds
        limits = quantiles(t.draws, t.year, self.scenarios)
        of_step = np.searchsorted(t.years, t.division.year)[t.division.of_step]
        friction, dark = self.column("friction_velocity"), not_day(self.light)
        out = []
        for limit in limits:
            kept = np.where(too_low(friction, limit[of_step], dark), np.nan, series.clean)
            out.append((kept, series.again(kept, self.steps)))
        kept = np.where(too_low(friction, BEYOND * np.median(limits, axis=0)[of_step], dark), np.nan, series.clean)
        return [*out, (kept, series.again(kept, self.steps))]

    def of_parts(
        self, series: Series, base: Array, versions: list[tuple[Array, Array]], scale: Array, learnt: Misfit,
        filling: Array,
    ) -> None:  # fmt: skip
        steps, years, unit = self.steps, self.years, amount("nee", self.steps.seconds)
        place = (self.o.latitude, self.o.longitude, self.o.utc_offset)
        if None in place:
            return
        from halosink.eddy.sun import potential_radiation

        potential = potential_radiation(steps, *(float(x) for x in place if x is not None))
        drivers = drivers_of(self.table, self.filled, potential, self.temperature)
        sd = self.filled["nee"]["sd"].to_numpy(float)
        rng = np.random.default_rng([self.seed, 42])
        night = self.alike == 0
        noise = np.sqrt(learnt.amplitudes[night.astype(int), 0] * learnt.local) * scale
        known_random: dict[str, Array] = {}
        for method in sorted(self.partitions, key=lambda m: m != "night_time"):
            there = np.isfinite(self.partitions[method].table["reco"].to_numpy(float))
            if not there.any():
                continue
            count = max(len(versions) - 1, 1)
            few = method == "day_time" and count > DAY_SCENARIOS
            chosen = np.linspace(0, count - 1, DAY_SCENARIOS if few else count).astype(int)
            both: dict[str, list[Array]] = {"reco": [], "gpp": []}
            for one in chosen.tolist() + [count] * (len(versions) > 1):
                measured, full = versions[one]
                reco, gpp = parts(method, drivers, measured, full, sd)
                both["reco"].append(yearly(reco, steps, years, there) * unit)
                both["gpp"].append(yearly(gpp, steps, years, there) * unit)
                self.tell()
            if not known_random:
                shaken: dict[str, list[Array]] = {"reco": [], "gpp": []}
                for _ in range(PERTURBED if method == "night_time" else DAY_SCENARIOS):
                    other = base + noise * rng.standard_normal(len(base))
                    reco, gpp = parts(method, drivers, other, series.again(other, steps), sd)
                    shaken["reco"].append(yearly(reco, steps, years, there) * unit)
                    shaken["gpp"].append(yearly(gpp, steps, years, there) * unit)
                    self.tell()
                known_random = {k: np.std(whole(np.array(v)), axis=0, ddof=1) for k, v in shaken.items()}
            missed = self.beyond_nights(method, base, learnt)
            for kind in ("reco", "gpp"):
                sums = whole(np.array(both[kind]))
                if few:
                    p = probabilities(count)
                    sums = np.vstack([between(p[chosen], sums[:-1], p), sums[-1:]])
                extra = missed if kind == "reco" else missed + filling
                self.put(f"{kind}_{SUFFIX[method]}", sums, known_random[kind], np.sqrt(np.maximum(extra, 0)) * unit)

    def beyond_nights(self, method: str, base: Array, learnt: Misfit) -> Array:
        """(years,) variance of what respiration misses where no night was measured, by day above all."""
        reco = self.partitions[method].table["reco"].to_numpy(float)
        lines_of = spread(reco, np.where(self.alike == 0, self.scales["nee"], np.nan), np.full(len(reco), 99, np.int32))
        dark = np.zeros(len(reco), dtype=np.int64)
        nights = np.isfinite(base) & (self.alike == 0)
        out = np.zeros(len(self.years))
        for at, year in enumerate(self.years):
            own = (self.steps.year == year) & np.isfinite(reco)
            out[at] = misfit.variances(learnt, own & ~nights, nights, own, lines_of, dark, self.steps)[1]
        return out

    def put(self, name: str, sums: Array, random: Array, filling: Array) -> None:
        rng = np.random.default_rng([self.seed, 43, list(UNITS).index(name)])
        order = np.random.default_rng([self.seed, 44])
        beyond = None
        if len(sums) > 1:
            sums, last = sums[:-1], sums[-1]
            beyond = np.abs(last - np.median(sums, axis=0))
        self.found[name] = combine(sums, random, filling, self.o.draws, self.freedom, order, rng, beyond)

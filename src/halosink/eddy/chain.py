"""The whole chain for one tower: grid, filters, threshold, filling, partitioning, sums, energy, footprint, checks.

Each step stands by itself: one that cannot be done leaves its tables empty, says why, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import LANGUAGES, CheckRow, Text
from halosink.eddy import energy
from halosink.eddy.filling import fill as filling
from halosink.eddy.filling import gaps as gap_tables
from halosink.eddy.filling.fill import fill_gaps
from halosink.eddy.filling.forest import Forest
from halosink.eddy.filling.forest import held_out as scoring
from halosink.eddy.filling.notices import notices
from halosink.eddy.filters.clean import keep
from halosink.eddy.filters.low_turbulence import not_day, too_low
from halosink.eddy.grid import regular
from halosink.eddy.options import Options, Partitioning
from halosink.eddy.partitioning.split import Partition, partition
from halosink.eddy.sums.random_error import random_error
from halosink.eddy.sums.total import COLUMNS as SUMS
from halosink.eddy.sums.total import DRAWS, SUFFIX, TURBULENT, annual_sums
from halosink.eddy.threshold import notices as thresholds
from halosink.eddy.threshold import tables as threshold_tables
from halosink.eddy.threshold.find import Threshold, ustar_threshold
from halosink.problems import Problem, UserError
from halosink.vocabulary import say

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
Result = TypeVar("Result")

FLUXES = ("nee", "ch4_flux", "latent_heat_flux", "sensible_heat_flux")
DRIVERS = ("shortwave_radiation", "air_temperature", "vapour_pressure_deficit")
OWN_ERROR = {
    "nee": "co2_flux_random_error", "ch4_flux": "ch4_flux_random_error",
    "latent_heat_flux": "latent_heat_random_error", "sensible_heat_flux": "sensible_heat_random_error",
}  # fmt: skip
PARAMETERS = ("method", "kind", "year", "start", "end", "records", "e0", "rref", "alpha", "beta", "k", "reason")
EMPTY: Mapping[str, tuple[str, ...]] = {
    "half_hours": ("time",),
    "ustar": tuple(threshold_tables.SEASONS),
    "ustar_curves": tuple(threshold_tables.CURVES),
    "gaps": gap_tables.COLUMNS,
    "sums": SUMS,
    "sums_draws": DRAWS,
    "energy_balance": energy.COLUMNS,
    "scores": scoring.COLUMNS,
    "partition_parameters": PARAMETERS,
    "footprint": ("period", "quantity", "value", "low", "high", "unit", "records", "reason"),
    "footprint_grid": ("period", "x", "y", "weight", "level"),
    "checks": tuple(CheckRow.table(()).columns),
}
"""Tables of a chain and their columns when there is nothing to tell; each has `tower` before them."""
STEPS = ("grid", "filters", "threshold", "filling", "partitioning", "energy", "scores", "sums", "footprint", "checks")
BALANCES: tuple[energy.By, ...] = ("all", "year", "season")
SCORE_DAYS, HEAT_DAYS, SCORE_GAPS = (1.0, 7.0, 14.0), (7.0,), 8
"""Lengths [days] and about the number of gaps with which fillers are scored. Own choice: as in the published comparison
of moffat2007, few enough to take seconds; heat in one length only."""


@dataclass(frozen=True)
class Chain:
    """tables: by the names of EMPTY. problems: what was wrong, doubtful or assumed. reasons: by step of STEPS, why it
    was not done or failed; nothing for those that were done."""

    tower: str
    tables: Mapping[str, pd.DataFrame]
    problems: tuple[Problem, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]


def process(
    table: pd.DataFrame,
    options: Options | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    name: str = "eddy",
    only: Iterable[str] = STEPS,
) -> Chain:
    """From the steps of one tower, as read, to its annual sums.

    table: canonical columns with `time`, in any order and with holes (grid.regular). options: see Options. seed: of
    resamples, forest and draws: the same gives the same. progress(step, done, of): see STEPS. name: of the tower.
    only: STEPS to do besides the grid; sums need filling.

    Never raises for data: times that make no grid, or a step that fails, are among problems and reasons. A failure that
    nobody foresaw is a problem too (W-EDDY-STEP), with its message, so that one bad step costs no other.
    """
    work = _Tower(options or Options(), seed, progress, name)
    wanted = set(only)
    if work.attempt("grid", lambda: work.grid(table)):
        for step in STEPS[1:]:
            if step in wanted:
                work.tell(step, 0, 1)
                work.attempt(step, getattr(work, step))
                work.tell(step, 1, 1)
        if "half_hours" not in work.tables:
            work.attempt("filling", work.half_hours)
    found = {}
    for table_name, columns in EMPTY.items():
        frame = work.tables.get(table_name)
        frame = pd.DataFrame(columns=list(columns)) if frame is None else frame
        if "tower" not in frame:
            frame.insert(0, "tower", name)
        found[table_name] = frame
    return Chain(name, found, tuple(work.problems), work.reasons)


class _Tower:
    """One tower on its way through the chain."""

    def __init__(self, options: Options, seed: int, progress: Progress | None, name: str) -> None:
        self.o, self.seed, self.progress, self.name = options, seed, progress, name
        self.problems: list[Problem] = []
        self.reasons: dict[str, str] = {}
        self.tables: dict[str, pd.DataFrame] = {}
        self.fluxes: list[str] = []
        self.kept: dict[str, NDArray[np.str_]] = {}
        self.thresholds: Threshold | None = None
        self.filled: dict[str, pd.DataFrame] = {}
        self.forests: dict[str, Forest] = {}
        self.partitions: dict[str, Partition] = {}

    def tell(self, step: str, done: int, of: int) -> None:
        if self.progress is not None:
            self.progress(step, done, of)

    def attempt(self, step: str, do: Callable[[], Any]) -> bool:
        try:
            do()
        except UserError as wrong:
            self.problems += wrong.problems
            self.reasons[step] = "wrong_input"
        except Exception as fault:
            self.reasons[step] = "failed"
            what = Text(*(say(f"eddy_sums.step_{step}", language) for language in LANGUAGES))
            said = {"tower": self.name, "step": what, "fault": f"{type(fault).__name__}: {fault}"}
            self.problems.append(Problem("W-EDDY-STEP", values=said))
        return step not in self.reasons

    def grid(self, table: pd.DataFrame) -> None:
        self.raw, self.steps, problems = regular(table, self.name, self.o.utc_offset)
        self.problems += problems
        self.clean = self.raw
        self.fluxes = [f for f in FLUXES if f in self.raw and np.isfinite(self.column(f)).any()]
        o = self.o
        if o.latitude is not None and o.longitude is not None and o.utc_offset is not None:
            from halosink.eddy.sun import potential_radiation

            radiation = potential_radiation(self.steps, o.latitude, o.longitude, o.utc_offset)
            self.raw = self.raw.assign(potential_radiation=radiation)
            self.clean = self.raw

    def column(self, name: str) -> Array:
        if name not in self.raw:
            return np.full(len(self.raw), np.nan)
        return np.asarray(pd.to_numeric(self.raw[name], errors="coerce"), dtype=float)

    def filters(self) -> None:
        values = {}
        for flux in self.fluxes:
            values[flux], self.kept[flux] = keep(self.raw, flux, self.o)
        self.clean = self.raw.assign(**values)
        self.measured = self.clean

    def threshold(self) -> None:
        o, dark = self.o, not_day(self.column("shortwave_radiation"))
        if o.threshold == "none" or not any(f in self.fluxes for f in TURBULENT):
            return
        friction = self.column("friction_velocity")
        if o.threshold == "given":
            limit = np.full(len(self.raw), np.nan if o.given_threshold is None else o.given_threshold)
            rows = [
                {"year": int(y), "season": "", "method": "given", "seasons": "", "threshold": o.given_threshold,
                 "records": int((dark & np.isfinite(friction) & (self.steps.year == y)).sum()),
                 "reason": "" if o.given_threshold is not None else "no_given_threshold"}
                for y in np.unique(self.steps.year)
            ]  # fmt: skip
            self.tables["ustar"] = pd.DataFrame(rows, columns=list(EMPTY["ustar"]))
            if o.given_threshold is None:
                self.problems.append(Problem("W-EDDY-USTAR-NOT-GIVEN", column="friction_velocity"))
        else:
            found = ustar_threshold(
                self.clean, method=o.threshold, seasons=o.seasons, bootstraps=o.bootstraps, seed=self.seed,
                confidence=o.confidence,
                progress=lambda done, of: self.tell("threshold", done, of),
            )  # fmt: skip
            self.thresholds, limit = found, found.per_step()
            self.tables["ustar"], self.tables["ustar_curves"] = found.seasons, found.curves
            self.problems += thresholds.problems(found)
        low = too_low(friction, limit, dark)
        values = {}
        for flux in (f for f in TURBULENT if f in self.fluxes):
            now = self.clean[flux].to_numpy(dtype=float, copy=True)
            reasons = self.kept.setdefault(flux, np.where(np.isfinite(now), "", "missing").astype("U16"))
            self.kept[flux] = np.where(low & np.isfinite(now), "low_turbulence", reasons)
            values[flux] = np.where(low, np.nan, now)
        self.measured = self.clean.assign(**values)

    def filling(self) -> None:
        table, o = self.after_filters(), self.o
        for at, flux in enumerate(self.fluxes):
            self.tell("filling", at, len(self.fluxes))
            self.attempt("filling", partial(self.fill, table, flux))
        for driver in DRIVERS:
            if np.isfinite(self.column(driver)).any():
                self.filled[driver] = fill_gaps(
                    table, driver, convention=o.convention, filler="mds", longest_gap=o.longest_gap, every=False
                )
        rows = [gap_tables.table(self.filled[f], self.steps, f) for f in self.fluxes if f in self.filled]
        rows = [r for r in rows if len(r)]
        if rows:
            self.tables["gaps"] = pd.concat(rows, ignore_index=True)

    def fill(self, table: pd.DataFrame, flux: str) -> None:
        o = self.o
        division = filling.divide(
            table[flux].notna().to_numpy(), self.steps.per_day, flux, filler=o.filler, forest_from=o.forest_from,
            longest_gap=o.longest_gap,
        )  # fmt: skip
        if division.by_forest.any():
            from halosink.eddy.filling import forest

            self.forests[flux] = forest.fill(
                table, flux, seed=self.seed, progress=lambda done, of: self.tell("filling", done, of)
            )
        self.filled[flux] = fill_gaps(
            table, flux, convention=o.convention, filler=o.filler, forest_from=o.forest_from,
            longest_gap=o.longest_gap, seed=self.seed, forest=self.forests.get(flux),
        )  # fmt: skip
        self.problems += notices(table, self.filled[flux], flux, longest_gap=o.longest_gap)

    def after_filters(self) -> pd.DataFrame:
        return getattr(self, "measured", self.clean)

    def partitioning(self) -> None:
        if "nee" not in self.filled:
            return
        for at, method in enumerate(self.o.partitioning):
            self.tell("partitioning", at, len(self.o.partitioning))
            self.attempt("partitioning", partial(self.split, method))
        rows = [p.parameters for p in self.partitions.values() if len(p.parameters)]
        if rows:
            self.tables["partition_parameters"] = pd.concat(rows, ignore_index=True)

    def split(self, method: Partitioning) -> None:
        o = self.o
        part = partition(
            self.after_filters(), self.filled, method=method, latitude=o.latitude, longitude=o.longitude,
            utc_offset=o.utc_offset, temperature=o.temperature,
        )  # fmt: skip
        self.partitions[method] = part
        self.problems += part.problems
        if part.reason and not part.table["reco"].notna().any():
            self.reasons.setdefault("partitioning", part.reason)

    def half_hours(self) -> None:
        """The table of all steps: what was measured, kept, filled and partitioned."""
        table = self.after_filters()
        out: dict[str, Any] = {}
        for flux in self.fluxes:
            if flux in self.kept:
                out[f"{flux}_kept"] = pd.Series(self.kept[flux]).astype("category")
            if flux not in self.filled:
                continue
            fill = self.filled[flux]
            own = self.column(OWN_ERROR[flux]) if OWN_ERROR[flux] in self.raw else None
            measured = table[flux].to_numpy(dtype=float)
            error = random_error(measured, fill["sd"].to_numpy(float), fill["count"].to_numpy(np.int64), own)
            out[f"{flux}_filled"] = fill["value"].to_numpy()
            out[f"{flux}_source"] = fill["source"].array
            out[f"{flux}_sd"] = np.where(np.isfinite(measured), error, fill["sd"].to_numpy(float))
        for method, part in self.partitions.items():
            for kind in ("gpp", "reco"):
                out[f"{kind}_{SUFFIX[method]}"] = part.table[kind].to_numpy()
        for column in ("gpp_night", "reco_night", "gpp_day", "reco_day", "potential_radiation"):
            if column not in out and column not in table:
                out[column] = np.full(len(table), np.nan)
        added = pd.DataFrame(out, index=table.index)
        left = table[[c for c in table.columns if c not in added and c != "tower"]]
        self.tables["half_hours"] = pd.concat([left, added], axis=1)

    def energy(self) -> None:
        table = self.clean
        rows = [
            energy.energy_balance(
                table, by=by, seasons=self.o.seasons, worst_flag=self.o.worst_flag, confidence=self.o.confidence
            )
            for by in BALANCES
        ]
        self.tables["energy_balance"] = pd.concat(rows, ignore_index=True)

    def scores(self) -> None:
        """Of the fluxes that a forest filled: how well it does, beside sampling."""
        rows = []
        for at, flux in enumerate(self.forests):
            self.tell("scores", at, len(self.forests))
            rows.append(
                scoring.held_out_score(
                    self.after_filters(),
                    flux,
                    gap_days=SCORE_DAYS if flux in TURBULENT else HEAT_DAYS,
                    gaps=SCORE_GAPS,
                    seed=self.seed,
                    convention=self.o.convention,
                    progress=lambda done, of: self.tell("scores", done, of),
                )  # fmt: skip
            )
        if rows:
            self.tables["scores"] = pd.concat(rows, ignore_index=True)

    def sums(self) -> None:
        if not any(f in self.filled for f in FLUXES):
            self.reasons["sums"] = "no_flux"
            return
        found = annual_sums(
            self.clean, self.filled, partitions=self.partitions, thresholds=self.thresholds, forests=self.forests,
            options=self.o, temperature=self.o.temperature, seed=self.seed,
            progress=lambda done, of: self.tell("sums", done, of),
        )  # fmt: skip
        self.tables["sums"], self.tables["sums_draws"] = found.table, found.draws

    def footprint(self) -> None:
        from halosink.eddy.footprints.table import tower_footprint

        o, table = self.o, self.raw
        seen = next((f for f in FLUXES if f in self.fluxes), None)
        if seen is not None and "friction_velocity" in table:
            known = self.after_filters()[seen].notna().to_numpy()
            table = table.assign(friction_velocity=np.where(known, self.column("friction_velocity"), np.nan))
        found = tower_footprint(
            table, measurement_height=o.measurement_height, canopy_height=o.canopy_height,
            displacement=o.displacement_height, roughness=o.roughness_length, fetch=o.fetch, latitude=o.latitude,
        )  # fmt: skip
        self.tables["footprint"], self.tables["footprint_grid"] = found.quantities, found.grid
        self.problems += found.problems

    def checks(self) -> None:
        from halosink.eddy.checks import run

        if "half_hours" not in self.tables:
            self.half_hours()
        found = run(
            self.raw, options=self.o, thresholds=self.tables.get("ustar"), energy=self.tables.get("energy_balance"),
            footprint=self.tables.get("footprint"), gaps=self.tables.get("gaps"),
            half_hours=self.tables.get("half_hours"), name=self.name,
        )  # fmt: skip
        self.tables["checks"] = CheckRow.table(found.rows)
        self.problems += found.problems

"""Tables of a study as the step on eddy covariance takes them: one regular record per tower, with its drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halosink.contracts import Text
from halosink.problems import Problem, UserError

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace
    from halosink.settings import Settings

CHECKS = ("range", "missing_code")
"""Quality checks whose values are left out: spikes of half-hours have their own filter."""
FLUXES = ("nee", "co2_flux", "ch4_flux", "latent_heat_flux", "sensible_heat_flux")
DRIVERS = (
    *("shortwave_radiation", "photosynthetic_photon_flux", "net_radiation", "air_temperature", "relative_humidity"),
    *("vapour_pressure_deficit", "air_pressure", "precipitation", "wind_speed", "wind_direction"),
    *("soil_temperature", "soil_moisture", "soil_heat_flux"),
)
FILLED = ("air_temperature", "shortwave_radiation", "vapour_pressure_deficit")
"""Drivers whose quality column tells filled values (above 0) from measured ones (pastorello2020)."""
PHOTONS_PER_JOULE = 4.57 * 0.45
"""umol of photons per joule of shortwave radiation: 4.57 per joule of sunlight between 400 and 700 nm (thimijan1983)
and a share of 0.45 of the energy there (own choice: the middle of what is found, 0.41 to 0.48)."""
SUMS = ("precipitation",)
PRODUCT = "fluxnet2015"
ELSEWHERE = "W-EDDY-DRIVER-GAPS"
"""What is not said before the tables of weather and sensors have been joined."""


class Tower(NamedTuple):
    """One tower: the rows of its table with drivers of other tables; where it stands; what was done, to be told."""

    name: str
    frame: pd.DataFrame
    latitude: float | None
    longitude: float | None
    worst_flag: int | None
    problems: list[Problem]


def towers(workspace: Workspace) -> list[Tower]:
    """Every tower of the tables of kind eddy that holds a flux."""
    from halosink import quality
    from halosink.eddy.grid import tower_tables

    declared = workspace.settings.tables
    plots = next((workspace.frame(f"tables/{n}") for n, t in declared.items() if t.kind == "plots"), None)
    found: list[Tower] = []
    for name in (n for n, t in declared.items() if t.kind == "eddy"):
        frame = quality.masked(workspace.frame(f"tables/{name}"), workspace.frame(f"quality/flags_{name}"), CHECKS)
        if not any(f in frame and frame[f].notna().any() for f in FLUXES):
            continue
        for tower, part in tower_tables(frame, name).items():
            found.append(_tower(workspace, name, tower, part, plots))
    return found


def examined(name: str, frame: pd.DataFrame, settings: Settings) -> list[Problem]:
    """Errors and doubts that the checks of towers find before anything is computed: units, clock, sign, sensors."""
    from halosink.eddy.checks import run
    from halosink.eddy.grid import regular, tower_tables

    if not any(f in frame and frame[f].notna().any() for f in FLUXES):
        return []
    found: list[Problem] = []
    for tower, part in tower_tables(frame, name).items():
        ready = _light(_flux(_measured_drivers(part.reset_index(drop=True)), False, []), [])
        places = [_single([ready], c) for c in ("latitude", "longitude")]
        options = settings.eddy.options(settings.analysis.confidence, settings.study.utc_offset, *places)
        try:
            table, steps, said = regular(ready, tower)
        except UserError as wrong:
            found += wrong.problems
            continue
        if options.latitude is not None and options.longitude is not None:
            from halosink.eddy.sun import potential_radiation

            radiation = potential_radiation(steps, options.latitude, options.longitude, settings.study.utc_offset)
            table = table.assign(potential_radiation=radiation)
        found += [*said, *run(table, options=options, name=tower).problems]
    return [p for p in found if not p.code.startswith("N-") and p.code != ELSEWHERE]


def _tower(workspace: Workspace, table: str, name: str, frame: pd.DataFrame, plots: pd.DataFrame | None) -> Tower:
    problems: list[Problem] = []
    frame = frame.sort_values("time", kind="stable").reset_index(drop=True)
    frame = _drivers(workspace, frame, problems)
    product = _is_product(workspace, table)
    frame = _measured_drivers(frame)
    frame = _flux(frame, product, problems)
    frame = _light(frame, problems)
    places = [p for p in (frame, _plot_of(frame, plots)) if p is not None]
    latitude, longitude = (_single(places, c) for c in ("latitude", "longitude"))
    return Tower(name, frame, latitude, longitude, 0 if product else None, problems)


def _is_product(workspace: Workspace, table: str) -> bool:
    """Whether the table is a FLUXNET product, in which any flag above 0 marks a filled value."""
    from halosink.read import instruments
    from halosink.read.instruments.format import Opened

    file = workspace.settings.tables[table].file
    paths = sorted(workspace.folder.glob(file)) if any(c in file for c in "*?[") else [workspace.folder / file]
    try:
        found = instruments.recognise(Opened.open(paths[0], file))
    except (OSError, UserError, IndexError):
        return False
    return found is not None and found.name == PRODUCT


def _measured_drivers(frame: pd.DataFrame) -> pd.DataFrame:
    """Drivers without the values that their quality column calls filled."""
    for driver in FILLED:
        flag = f"{driver}_quality"
        if driver in frame and flag in frame:
            frame[driver] = frame[driver].mask(frame[flag] > 0)
    return frame


def _flux(frame: pd.DataFrame, product: bool, problems: list[Problem]) -> pd.DataFrame:
    """nee from the flux at the sensor and what is stored below it, where the table does not hold it."""
    if "nee" in frame and frame["nee"].notna().any():
        return frame
    if "co2_flux" not in frame or frame["co2_flux"].isna().all() or product:
        return frame
    stored = frame.get("co2_storage_flux")
    if stored is None or stored.isna().all():
        problems.append(Problem("N-EDDY-NO-STORAGE", column="co2_flux"))
        return frame.assign(nee=frame["co2_flux"])
    problems.append(Problem("N-EDDY-STORAGE", column="co2_flux", values={"number": int(stored.isna().sum())}))
    return frame.assign(nee=frame["co2_flux"] + stored)


def _light(frame: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    if "shortwave_radiation" in frame and frame["shortwave_radiation"].notna().any():
        return frame
    photons = frame.get("photosynthetic_photon_flux")
    if photons is None or photons.isna().all():
        return frame
    problems.append(
        Problem("N-EDDY-LIGHT", column="photosynthetic_photon_flux", values={"ratio": f"{PHOTONS_PER_JOULE:.2f}"})
    )
    return frame.assign(shortwave_radiation=photons / PHOTONS_PER_JOULE)


def _drivers(workspace: Workspace, frame: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """Drivers that the table lacks, from the tables of weather and of sensors, averaged over its steps."""
    declared = workspace.settings.tables
    for kind in ("weather", "sensors"):
        for name in (n for n, t in declared.items() if t.kind == kind):
            lacking = [d for d in DRIVERS if d not in frame or frame[d].isna().all()]
            other = workspace.frame(f"tables/{name}")
            wanted = [d for d in lacking if d in other and other[d].notna().any()]
            if not wanted or "time" not in other:
                continue
            other = _masked(workspace, name, _same_site(frame, other))
            joined = _averaged(other, wanted, frame["time"])
            if joined.notna().any().any():
                frame = frame.drop(columns=wanted, errors="ignore").join(joined, on="time")
                labels = _labels(wanted)
                problems.append(Problem("N-EDDY-DRIVERS", values={"table": name, "columns": labels}))
    return frame


def _masked(workspace: Workspace, name: str, other: pd.DataFrame) -> pd.DataFrame:
    from halosink import quality

    flags = workspace.frame(f"quality/flags_{name}")
    flags = flags.reset_index(drop=True)
    return quality.masked(other, flags.loc[other.index])


def _same_site(frame: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    if "site" not in frame or "site" not in other or frame["site"].isna().all():
        return other
    return other[other["site"].isna() | other["site"].isin(frame["site"].unique())]


def _averaged(other: pd.DataFrame, wanted: list[str], times: pd.Series) -> pd.DataFrame:
    """Means over the steps that begin at `times` (sums of precipitation), of all probes together."""
    import numpy as np
    import pandas as pd

    steps = np.unique(times.dropna().to_numpy())
    if len(steps) < 2:
        return other[wanted].iloc[:0]
    length = np.diff(steps).min()
    at = np.searchsorted(steps, other["time"].to_numpy(), side="right") - 1
    inside = (at >= 0) & (other["time"].to_numpy() < steps[np.maximum(at, 0)] + length)
    parts = other.loc[inside, wanted].groupby(steps[at[inside]])
    return pd.DataFrame({w: parts[w].sum(min_count=1) if w in SUMS else parts[w].mean() for w in wanted})


def _labels(names: list[str]) -> Text:
    from halosink import vocabulary

    fields = vocabulary.fields()
    return Text(", ".join(fields[n].label.en for n in names), "、".join(fields[n].label.zh for n in names))


def _plot_of(frame: pd.DataFrame, plots: pd.DataFrame | None) -> pd.DataFrame | None:
    if plots is None or "site" not in plots or "site" not in frame:
        return plots
    return plots[plots["site"].isin(frame["site"].dropna().unique())]


def _single(places: list[pd.DataFrame], column: str) -> float | None:
    """The mean of what the first table that knows says."""
    known = [p[column].dropna() for p in places if column in p]
    return next((float(k.mean()) for k in known if len(k)), None)

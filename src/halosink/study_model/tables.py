"""Tables of a study as the response model takes them: soil of each class by layer, and twelve months of climate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.contracts import Text
from halosink.plant.evaporation import DAYS
from halosink.plant.miami import miami_npp
from halosink.problems import Problem
from halosink.study_model.climate import CARBON, over_months
from halosink.study_model.weather import Climate, climate, without_climate

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace

Floats = NDArray[np.float64]
LAYERS = (0.1, 0.2, 0.7)
"""Thickness of the layers [m], as model.plot has them."""
FADING = 0.4
"""Depth over which carbon falls to 37 % below the deepest sample [m]. Own choice, as in model.monthly."""
PER_EC = 10.0
"""mmolc L-1 of cations per dS m-1, as in model.functions.osmotic."""
BELOW_GROUND = 2.0
"""Production of a year over the carbon that stands above ground at its peak. Own choice: as much goes below."""
BRACKISH = 5.0
"""Conductivity of groundwater [dS m-1] where none is known. Own choice: brackish, as under many saline plains."""
FLOODED = 0.2
"""Water table [m] above which land is told to be flooded at times. Own choice."""
CARBONS = ("soil_organic_carbon", "poc", "maoc", "doc", "microbial_biomass_carbon", "soil_inorganic_carbon")
SOIL = {
    "clay": 20.0,
    "sand": 40.0,
    "bulk_density": 1.4,
    "ph_water": 8.3,
    "cation_exchange_capacity": None,
    "ec_saturated_paste": 2.0,
    "exchangeable_sodium_percentage": 8.0,
    "soil_inorganic_carbon": 8.0,
}
"""Of soil what stands in where nothing is measured, told each time; None: from clay. Own choice: a slightly saline loam
of a calcareous plain, as model.plot and model.monthly have it."""
WANTED = (*CARBONS, "clay", "sand", "bulk_density", "ph_water", "cation_exchange_capacity", "exchangeable_sodium",
          "exchangeable_sodium_percentage", "ec_saturated_paste", "calcium_carbonate")  # fmt: skip


class Ground(NamedTuple):
    """One class: samples behind it, what was measured by layer (3,), and properties of its soil by layer (3,)."""

    name: str
    samples: int
    measured: dict[str, Floats]
    soil: dict[str, Floats]


class World(NamedTuple):
    """groundwater: depth [m] and charge [mmolc L-1] by class; production: of a year without stress [g C m-2]."""

    factor: str
    grounds: list[Ground]
    climate: Climate
    groundwater: tuple[Floats, Floats]
    production: float
    problems: list[Problem]


def world(workspace: Workspace) -> World | str:
    """What the model runs on, or what is lacking: "carbon" or "climate"."""
    problems: list[Problem] = []
    factor, grounds = _grounds(workspace, problems)
    if not grounds:
        return "carbon"
    lacking = without_climate(workspace.settings.model, [g.name for g in grounds])
    if lacking:
        problems += [Problem("W-MODEL-NO-CLIMATE", values={"class": name}) for name in lacking]
        grounds = [g for g in grounds if g.name not in lacking]
    found = climate(workspace, [g.name for g in grounds], problems) if grounds else None
    if found is None:
        return "climate"
    water = _groundwater(workspace, [g.name for g in grounds], factor, problems)
    grown = _production(workspace, found, grounds, problems)
    return World(factor, grounds, found, water, grown, problems)


def _frames(workspace: Workspace, kinds: Iterable[str], wanted: Iterable[str]) -> dict[str, pd.DataFrame]:
    from halosink.soil_tables import tables

    return tables(workspace, kinds, wanted)


def _untreated(workspace: Workspace, frame: pd.DataFrame, factor: str) -> tuple[pd.DataFrame, int]:
    """Rows of the reference of every other factor that is applied plot by plot: land as it was found."""
    kept = frame
    for one in workspace.settings.design.factors:
        if not one.landscape and one.field != factor and one.field in kept and (kept[one.field] == one.reference).any():
            kept = kept[kept[one.field] == one.reference]
    return kept, len(frame) - len(kept)


def _grounds(workspace: Workspace, problems: list[Problem]) -> tuple[str, list[Ground]]:
    import pandas as pd

    settings = workspace.settings
    soil = _frames(workspace, ("soil",), WANTED)
    parts = [_with_salt(workspace, name, frame) for name, frame in soil.items()]
    if not parts or not any("soil_organic_carbon" in p and p["soil_organic_carbon"].notna().any() for p in parts):
        return _declared(workspace, problems)
    frame = pd.concat([p.dropna(axis="columns", how="all") for p in parts], ignore_index=True)
    there = [f for f in settings.design.factors if f.field in frame and frame[f.field].notna().any()]
    factors = [f.field for f in sorted(there, key=lambda f: not f.landscape)]
    factor = settings.model.by if settings.model.by in frame else next(iter(factors), "")
    frame, treated = _untreated(workspace, frame, factor)
    if treated:
        problems.append(Problem("N-MODEL-TREATED", values={"number": treated}))
    declared = next((f.order for f in settings.design.factors if f.field == factor), ())
    names = [str(c) for c in frame[factor].dropna().unique()] if factor else ["-"]
    names.sort(key=lambda c: (declared.index(c) if c in declared else len(declared), c))
    beside = _beside(workspace, factor)
    stood: dict[str, list[str]] = {}
    deep: dict[str, float] = {}
    grounds = []
    for name in names:
        own = frame[frame[factor].astype(str) == name] if factor else frame
        if own["soil_organic_carbon"].notna().any():
            grounds.append(_ground(name, own, beside, settings.model, stood, deep))
    _told(stood, deep, len(grounds), problems)
    return factor, grounds


def _declared(workspace: Workspace, problems: list[Problem]) -> tuple[str, list[Ground]]:
    """Classes of any table where no soil was sampled, on the soil that [model] soil declares."""
    import pandas as pd

    settings = workspace.settings
    if "soil_organic_carbon" not in settings.model.soil:
        return "", []
    wanted = [settings.model.by] if settings.model.by else [f.field for f in settings.design.factors]
    frames = [workspace.frame(f"tables/{name}") for name in settings.tables]
    factor = next((w for w in wanted if any(w in f for f in frames)), "")
    names = sorted({str(c) for f in frames if factor in f for c in f[factor].dropna().unique()}) if factor else ["-"]
    stood: dict[str, list[str]] = {}
    beside = _beside(workspace, factor)
    of_all = {n for n in names if _soil_of(settings.model, n).keys() >= {"soil_organic_carbon"}}
    grounds = [_ground(n, pd.DataFrame(), beside, settings.model, stood, {}) for n in names if n in of_all]
    problems.append(Problem("N-MODEL-DECLARED", values={"number": len(grounds)}))
    _told(stood, {}, len(grounds), problems)
    return factor, grounds


def _soil_of(chosen: Any, name: str) -> dict[str, float]:
    """What [model] soil declares of a class."""
    one = {c: v.get(name) if isinstance(v, dict) else v for c, v in chosen.soil.items()}
    return {c: float(v) for c, v in one.items() if v is not None}


def _with_salt(workspace: Workspace, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """With ECe from whatever extract was measured, and exchangeable sodium as a percentage."""
    import pandas as pd

    if "soil/salinity.parquet" in workspace.outputs():
        made = workspace.frame("soil/salinity")
        made = made[made["table"] == name][["source_file", "source_row", "ece"]]
        frame = frame.merge(made, on=["source_file", "source_row"], how="left", validate="m:1")
        before = frame.get("ec_saturated_paste", pd.Series(np.nan, index=frame.index))
        frame["ec_saturated_paste"] = before.where(before.notna(), frame["ece"])
    if "exchangeable_sodium_percentage" not in frame and {"exchangeable_sodium", "cation_exchange_capacity"} <= set(
        frame
    ):
        share = 100 * frame["exchangeable_sodium"] / frame["cation_exchange_capacity"]
        frame["exchangeable_sodium_percentage"] = share.clip(0, 99)
    if "soil_inorganic_carbon" not in frame and "calcium_carbonate" in frame:
        frame["soil_inorganic_carbon"] = 0.12 * frame["calcium_carbonate"]
    return frame


def _beside(workspace: Workspace, factor: str) -> list[pd.DataFrame]:
    """Other tables with what the model starts from: plants, and microbial biomass of the topsoil."""
    wanted = ("aboveground_biomass", "belowground_biomass", "litter_mass", "microbial_biomass_carbon")
    found = _frames(workspace, ("plants", "microbes"), wanted)
    return [_untreated(workspace, f, factor)[0].assign(_class=f.get(factor)) for f in found.values()]


def _ground(
    name: str,
    frame: pd.DataFrame,
    beside: Sequence[pd.DataFrame],
    chosen: Any,
    stood: dict[str, list[str]],
    deep: dict[str, float],
) -> Ground:
    layered = {c: by_layer(frame, c) for c in (*CARBONS, *SOIL) if c in frame}
    known = {c: v for c, v in layered.items() if np.isfinite(v).any()}
    for column, value in _soil_of(chosen, name).items():
        known.setdefault(column, np.full(len(LAYERS), value))
    carbon = known["soil_organic_carbon"]
    reached = _deepest(frame) if len(frame) else 100.0
    if reached < 99.0:
        deep[name] = reached
    total = filled(carbon, fading=True)
    measured = {"soil_organic_carbon": total}
    if {"poc", "maoc"} <= set(known):
        share = filled(known["poc"] / (known["poc"] + known["maoc"]))
        measured["poc"] = total * np.clip(share, 0.0, 0.95)
    for extra in ("doc", "microbial_biomass_carbon"):
        if extra in known:
            measured[extra] = filled(known[extra] / carbon) * total
    alive = _of_class(beside, name, "microbial_biomass_carbon")
    if "microbial_biomass_carbon" not in measured and np.isfinite(alive):
        measured["microbial_biomass_carbon"] = alive / total[0] * total
    for stock, column in (("aboveground_carbon", "aboveground_biomass"), ("root_carbon", "belowground_biomass"),
                          ("litter_carbon", "litter_mass")):  # fmt: skip
        mass = _of_class(beside, name, column)
        if np.isfinite(mass):
            measured[stock] = np.asarray(CARBON * mass)
    soil: dict[str, Floats] = {}
    for column, usual in SOIL.items():
        if column in known:
            soil[column] = filled(known[column])
            continue
        given = getattr(chosen, column, None) if column in ("clay", "sand") else None
        if given is not None:
            soil[column] = np.full(3, given)
        elif usual is not None:
            soil[column] = np.full(3, usual)
            stood.setdefault(column, []).append(name)
        else:
            stood.setdefault(column, []).append(name)
    over = soil["clay"] + soil["sand"] > 100
    soil["sand"] = np.where(over, 100 - soil["clay"], soil["sand"])
    for column in ("ec_saturated_paste", "exchangeable_sodium_percentage", "soil_inorganic_carbon"):
        measured[column] = soil.pop(column)
    measured["soil_inorganic_carbon"] = np.minimum(measured["soil_inorganic_carbon"], 120.0)
    return Ground(name, len(frame), measured, soil)


def by_layer(frame: pd.DataFrame, column: str) -> Floats:
    """(3,) means of a column over the layers of the model, by how much of each a sample covers; NaN where none does.

    Rows without depths are of the topsoil, 0 to 20 cm.
    """
    known = frame[frame[column].notna()]
    top = known["depth_top"].fillna(0.0) if "depth_top" in known else 0.0 * known[column]
    bottom = known["depth_bottom"].fillna(20.0) if "depth_bottom" in known else 20.0 + 0.0 * known[column]
    ends = 100.0 * np.cumsum((0.0, *LAYERS))
    found = np.full(len(LAYERS), np.nan)
    for i, (upper, lower) in enumerate(zip(ends[:-1], ends[1:], strict=True)):
        inside = np.maximum(np.minimum(bottom, lower) - np.maximum(top, upper), 0.0).to_numpy(float)
        if inside.sum() > 0:
            found[i] = float(np.average(known[column].to_numpy(float), weights=inside))
    return found


def filled(values: Floats, fading: bool = False) -> Floats:
    """Layers without a value like the nearest one above, or below; carbon fades with depth instead."""
    found = np.array(values, float)
    middle = np.cumsum(LAYERS) - np.array(LAYERS) / 2
    known = np.flatnonzero(np.isfinite(found))
    for i in np.flatnonzero(~np.isfinite(found)):
        nearest = known[known < i][-1] if (known < i).any() else known[0]
        away = middle[i] - middle[nearest]
        found[i] = values[nearest] * (np.exp(-away / FADING) if fading else 1.0)
    return found


def _deepest(frame: pd.DataFrame) -> float:
    known = frame[frame["soil_organic_carbon"].notna()]
    return float(known["depth_bottom"].fillna(20.0).max()) if "depth_bottom" in known else 20.0


def _of_class(tables: Sequence[pd.DataFrame], name: str, column: str) -> float:
    """Mean of a column over the rows of a class; of all rows where the table knows no classes."""
    for frame in tables:
        if column in frame and frame[column].notna().any():
            own = frame[frame["_class"].astype(str) == name] if frame["_class"].notna().any() else frame
            if own[column].notna().any():
                return float(own[column].mean())
    return float("nan")


def _told(stood: dict[str, list[str]], deep: dict[str, float], classes: int, problems: list[Problem]) -> None:
    if deep:
        depth = f"{min(deep.values()):g}"
        problems.append(Problem("N-MODEL-DEEP", count=len(deep), values={"depth": depth, "number": len(deep)}))
    if stood:
        usual = {c: v for c, v in SOIL.items() if c in stood}
        problems.append(Problem("N-MODEL-DEFAULT", values={"list": _listed(usual)}))


def _listed(usual: dict[str, float | None]) -> Text:
    from halosink import vocabulary

    fields = vocabulary.fields()
    shown: tuple[list[str], list[str]] = ([], [])
    for column, value in usual.items():
        unit = fields[column].unit
        for i, (said, language) in enumerate(zip(shown, ("en", "zh"), strict=True)):
            label = fields[column].label.to(language)  # type: ignore[arg-type]
            from_clay = ("from clay", "由黏粒含量估算")[i]
            said.append(f"{label} {from_clay if value is None else f'{value:g} {unit}'.removesuffix(' 1')}")
    return Text(", ".join(shown[0]), "、".join(shown[1]))


def _groundwater(
    workspace: Workspace, names: Sequence[str], factor: str, problems: list[Problem]
) -> tuple[Floats, Floats]:
    """Depth [m] and charge [mmolc L-1] of the groundwater under each class: as set, else as in the tables."""
    chosen = workspace.settings.model
    found = _frames(workspace, ("groundwater",), ("groundwater_depth", "groundwater_ec"))
    tables = [f.assign(_class=f.get(factor)) for f in found.values()]

    def under(given: float | dict[str, float] | None, name: str, column: str) -> float:
        found = given.get(name) if isinstance(given, dict) else given
        return _of_class(tables, name, column) if found is None else float(found)

    depth = np.array([under(chosen.groundwater_depth, n, "groundwater_depth") for n in names])
    salt = np.array([under(chosen.groundwater_ec, n, "groundwater_ec") for n in names])
    reached = np.isfinite(depth)
    if not reached.all():
        problems.append(Problem("N-MODEL-NO-GROUNDWATER"))
    if (reached & ~np.isfinite(salt)).any():
        problems.append(Problem("N-MODEL-GROUNDWATER-EC", values={"ec": f"{BRACKISH:g}"}))
    wet = [name for name, found in zip(names, depth, strict=True) if found < FLOODED]
    if wet:
        problems.append(Problem("W-MODEL-FLOODED", values={"list": ", ".join(wet), "number": len(wet)}))
    return np.maximum(np.where(reached, depth, 100.0), 0.0), PER_EC * np.where(np.isfinite(salt), salt, BRACKISH)


def _production(workspace: Workspace, climate: Climate, grounds: Sequence[Ground], problems: list[Problem]) -> float:
    chosen = workspace.settings.model
    if chosen.potential_production is not None:
        return chosen.potential_production
    water = float(climate.precipitation.sum(axis=0).mean()) + chosen.irrigation
    warm = float(np.average(climate.temperature, axis=0, weights=DAYS).mean())
    formula = float(miami_npp(warm, max(water, 0.0), carbon_fraction=CARBON))
    standing = [float(g.measured["aboveground_carbon"]) for g in grounds if "aboveground_carbon" in g.measured]
    measured = BELOW_GROUND * max(standing, default=0.0)
    code = "N-MODEL-MIAMI" if formula >= measured else "N-MODEL-STANDING"
    found = max(formula, measured)
    problems.append(Problem(code, values={"production": f"{found:.0f}", "formula": f"{formula:.0f}"}))
    return found


def cycle(world: World, chosen: Any) -> dict[str, Floats | float]:
    """Twelve months (12,) of every series that is not zero, or (12, classes), by the names of model.forcing."""
    months = np.arange(1, 13)
    watered = np.isin(months, chosen.irrigation_months)
    warm = world.climate.temperature
    grown = np.stack([over_months(world.production, one) for one in np.atleast_2d(warm.T)], axis=-1)
    depth, salt = (np.tile(v, (12, 1)) for v in world.groundwater)
    return {
        "temperature": world.climate.temperature,
        "precipitation": world.climate.precipitation,
        "potential_evaporation": world.climate.evaporation,
        "potential_production": grown if warm.ndim > 1 else grown[:, 0],
        "irrigation": watered * chosen.irrigation / watered.sum(),
        "irrigation_salt": PER_EC * chosen.irrigation_ec,
        "groundwater_depth": depth,
        "groundwater_salt": salt,
        "harvest": chosen.harvest * (months == chosen.harvest_month),
    }

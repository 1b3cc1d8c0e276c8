"""Runs of the monthly tier for a study: all classes and draws at once, one scenario after the other, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from halosink.model.arrays import Array, jax, jnp
from halosink.model.forcing import Forcing, Site
from halosink.model.interventions import World as Land
from halosink.model.interventions import apply, effects, interventions
from halosink.model.ledger import ORGANIC, SALT_SWITCHES, organic, profile
from halosink.model.monthly import MONTHLY, fixed, start
from halosink.model.observe import OBSERVATIONS, parameters
from halosink.model.parameters import draw
from halosink.model.plot import forcing, site
from halosink.model.spin_up import spin_up
from halosink.model.tier import Run, run
from halosink.study_model.tables import Ground

Floats = NDArray[np.float64]
KEEP = ("ph", "doc_mean", "nitrous_oxide")
UNITS = {
    **dict.fromkeys(("soc", "poc", "maoc", "doc", "mbc", "biochar", "sic", "plants"), "g m-2"),
    "ec": "dS m-1",
    "esp": "%",
    "ph": "1",
    **dict.fromkeys(("production", "respiration", "methane"), "g m-2 year-1"),
    "nitrous_oxide": "g m-2 year-1",
}
"""What is kept of each year: stocks of carbon of the profile, ECe, ESP and pH of the upper 30 cm, sums of the year."""
TOP = 0.3
"""m over which salinity, ESP and pH are averaged. Own choice: where most roots are."""
SETTLING = 3
"""Years after which water, roots, shoots and litter have found their course; carbon and salt stay as measured. Own
choice: they turn over within a year or two."""
SPRING, AUTUMN = 3, 9
"""First month (counted from 0 = January, north of the equator) in which something is brought in spring, or after the
harvest. Own choice."""
USUAL_SULPHATE = 2.0
"""mmol L-1 of a class that the setting leaves out, as the setting has it."""
AFTER_HARVEST = frozenset({"straw_return", "leaching"})


class Years(NamedTuple):
    """Of one scenario: {quantity: (years, lanes)}, {(process, source, target): (years, lanes)} carried in each year,
    {stock: (years, ...)} at the end of each year and its mean over the year."""

    found: dict[str, Array]
    moved: dict[tuple[str, str, str], Array]
    ends: dict[str, Array]
    means: dict[str, Array]


class Lanes(NamedTuple):
    """Land of all classes and draws (lane = class x draws + draw) and the stocks it starts from."""

    land: Land
    stocks: dict[str, Array]
    draws: int


def soil_of(grounds: Sequence[Ground], latitude: float, chosen: Any, repeats: int = 1) -> Site:
    """Site of the classes, each so many lanes. Raises ValueError for values the model does not take."""
    soil = {c: np.repeat(np.stack([g.soil[c] for g in grounds], axis=1), repeats, axis=1)
            for c in ("clay", "sand", "bulk_density")}  # fmt: skip
    given = [g.soil.get("cation_exchange_capacity") for g in grounds]
    capacity = None
    if all(g is not None for g in given):
        capacity = np.repeat(np.stack([g for g in given if g is not None], axis=1), repeats, axis=1)
    ph = np.repeat(np.stack([g.soil["ph_water"] for g in grounds], axis=1), repeats, axis=1)
    lanes = repeats * len(grounds)
    return site(
        **soil,
        ph=ph,
        cation_exchange_capacity=capacity,
        halophyte=np.full(lanes, chosen.halophyte),
        sulphate=np.repeat([_one(chosen.sulphate, g.name) for g in grounds], repeats),
        latitude=np.full(lanes, latitude),
    )


def _one(given: float | Mapping[str, float], name: str) -> float:
    """What is set for a class; the usual value where it is left out."""
    return float(given.get(name, USUAL_SULPHATE)) if isinstance(given, Mapping) else float(given)


def measured_of(grounds: Sequence[Ground], repeats: int = 1) -> dict[str, Floats]:
    """What monthly.start takes; what one class lacks is left out for all."""
    shared = set.intersection(*(set(g.measured) for g in grounds))
    return {n: np.repeat(np.stack([g.measured[n] for g in grounds], axis=-1), repeats, axis=-1) for n in sorted(shared)}


def usable(ground: Ground, latitude: float, chosen: Any) -> str:
    """What keeps the model from starting on this class; empty where nothing does."""
    try:
        start(soil_of([ground], latitude, chosen), measured_of([ground]), 1)
    except ValueError as error:
        return str(error)
    return ""


def lanes(grounds: Sequence[Ground], cycle: Mapping[str, Any], latitude: float, chosen: Any, seed: int) -> Lanes:
    """Forcing of all years, soil, draws of all parameters and the start, before anything settles."""
    draws, years, wide = chosen.draws, chosen.years, chosen.draws * len(grounds)
    soil, measured = soil_of(grounds, latitude, chosen, draws), measured_of(grounds, draws)
    held = fixed(measured)
    drawn = draw([p for p in (*MONTHLY.parameters, *effects(), *parameters("poc", "maoc")) if p.name not in held],
                 draws, seed)  # fmt: skip
    values = {n: jnp.asarray(np.tile(v, len(grounds))) for n, v in drawn.items()} | held
    given = {n: np.repeat(v, draws, axis=1) if np.ndim(v) == 2 else v for n, v in cycle.items()}
    repeated = {n: np.tile(v, (years, *(1,) * (v.ndim - 1))) if np.ndim(v) else v for n, v in given.items()}
    months = forcing(**repeated)
    series = Forcing(*(jnp.broadcast_to(v if v.ndim > 1 else v[:, None], (12 * years, wide)) for v in months))
    return Lanes(_wide(Land(series, soil, values), wide), start(soil, measured, wide), draws)


def _wide(land: Land, wide: int) -> Land:
    """Every value with all lanes, so that scenarios share their shapes and one compilation."""

    def full(value: Any, leading: int) -> Array:
        array = jnp.asarray(value, dtype=float)
        if array.ndim > leading and array.shape[-1] == wide:
            return array
        if array.ndim == leading:
            array = array[..., None]
        return jnp.broadcast_to(array, (*array.shape[:-1], wide))

    series = Forcing(*(full(v, 1) for v in land.forcing))
    layered = {"halophyte", "sulphate", "latitude"}
    ground = Site(**{n: full(v, 0 if n in layered else min(np.ndim(v), 1)) for n, v in land.site._asdict().items()})
    values = {n: full(v, 0 if np.ndim(v) < 2 else 1) for n, v in land.parameters.items()}
    return Land(series, ground, values)


def yearly(land: Land, stocks: Mapping[str, Array]) -> Years:
    """Month after month, kept as years; jit-able."""
    years = land.forcing.temperature.shape[0] // 12
    series = Forcing(*(v.reshape(years, 12, *v.shape[1:]) for v in land.forcing))

    def one(held: dict[str, Array], now: Forcing) -> tuple[dict[str, Array], Years]:
        done = run(MONTHLY, now, land.site, land.parameters, held, KEEP)
        ends = {n: v[-1] for n, v in done.stocks.items()}
        sums = {key: v.sum(axis=0) for key, v in done.moved.items()}
        means = {n: v.mean(axis=0) for n, v in done.stocks.items()}
        return ends, Years(_found(done, land), sums, ends, means)

    _, found = jax.lax.scan(one, dict(stocks), series)
    return Years(*found)


def _found(done: Run, land: Land) -> dict[str, Array]:
    """Quantities of one year, (lanes,) each."""
    soil, values, means = land.site, land.parameters, {n: v.mean(axis=0) for n, v in done.stocks.items()}
    mass = 1000.0 * soil.bulk_density * soil.thickness
    depth = jnp.cumsum(soil.thickness, axis=0)
    part = jnp.clip(TOP - (depth - soil.thickness), 0.0, soil.thickness)

    def stock(name: str) -> Array:
        return (OBSERVATIONS[name].find(done, soil, values).mean(axis=0) * mass).sum(axis=0)

    def top(name: str) -> Array:
        held = OBSERVATIONS[name].find(done, soil, values).mean(axis=0)
        return (held * part).sum(axis=0) / (part + 0.0 * held).sum(axis=0)

    def whole(*names: str) -> Array:
        return sum((profile(done.stocks[n]).mean(axis=0) for n in names), jnp.zeros(()))

    into = sum((v.sum(axis=0) for (_, source, _), v in done.moved.items() if source == "air"), jnp.zeros(()))
    carbonate = sum((v.sum(axis=0) for (p, s, _), v in done.moved.items() if p == "carbonate" and s == "air"),
                    jnp.zeros(()))  # fmt: skip
    return {
        "soc": organic(means, ORGANIC).sum(axis=0),
        "poc": stock("poc"),
        "maoc": stock("maoc"),
        "doc": whole("doc"),
        "mbc": whole("microbes"),
        "biochar": whole("biochar_labile", "biochar"),
        "sic": whole("carbonate"),
        "plants": whole("shoot", "litter", "root"),
        "ec": top("ec_saturated_paste"),
        "esp": top("exchangeable_sodium_percentage"),
        "ph": top("ph_water"),
        "production": into - carbonate,
        "respiration": OBSERVATIONS["heterotrophic_respiration"].find(done, soil, values).sum(axis=0),
        "methane": OBSERVATIONS["methane"].find(done, soil, values).sum(axis=0),
        "nitrous_oxide": done.conditions["nitrous_oxide"].sum(axis=0),
    }


class Runs:
    """Scenarios of one study on the same compiled program."""

    def __init__(self, made: Lanes, steady: bool = False) -> None:
        self.land, self.draws, self.wide = made.land, made.draws, made.land.forcing.temperature.shape[1]
        self._work: Callable[[Land, dict[str, Array]], Years] = jax.jit(yearly)
        stocks = {n: jnp.broadcast_to(v, (*v.shape[:-1], self.wide)) for n, v in made.stocks.items()}
        if steady:
            year = Forcing(*(v[:12] for v in self.land.forcing))
            self.stocks = dict(jax.jit(spin_up)(year, self.land.site, self.land.parameters, stocks).stocks)
            return
        tried = self._work(self.land, stocks)
        at = min(SETTLING, self.land.forcing.temperature.shape[0] // 12) - 1
        self.stocks = {n: tried.ends[n][at] if n in ("water", "root", "shoot", "litter") else v
                       for n, v in stocks.items()}  # fmt: skip

    def as_is(self) -> Years:
        return self._work(self.land, self.stocks)

    def intervention(self, do: Sequence[str], amounts: Mapping[str, Mapping[str, float]]) -> Years:
        """KeyError and ValueError as interventions.apply raises them."""
        return self._work(_wide(under(self.land, do, amounts), self.wide), self.stocks)

    def without_salt(self, *cut: str) -> Years:
        """Without the effect of salt on "plants", on "decay", or both."""
        values = dict(self.land.parameters)
        for name in cut:
            values |= SALT_SWITCHES[name]
        return self._work(_wide(self.land._replace(parameters=values), self.wide), self.stocks)

    def by_class(self, values: Any) -> Floats:
        """(..., classes, draws)"""
        found = np.asarray(values)
        return found.reshape(*found.shape[:-1], self.wide // self.draws, self.draws)


def under(land: Land, do: Sequence[str], amounts: Mapping[str, Mapping[str, float]]) -> Land:
    """The land under interventions, begun in spring or after the harvest where no start is given."""
    for name in do:
        options = {p.name for p in interventions()[name].options}
        usual = {"start": float(AUTUMN if name in AFTER_HARVEST else SPRING)} if "every" in options else {}
        land = apply(land, name, **{**usual, **amounts.get(name, {})})
    return land

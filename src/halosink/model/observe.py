"""Observation operators: what an instrument or a laboratory would find in the states of a run, with error and bias.

POC (above 53 um) = pom + f aggregate + b biochar; MAOC = maom + (1 - f) aggregate + microbes + (1 - b) biochar; SOC
is both and what dissolves; DOC is the mean of the month times an extraction; MBC microbes, active and resting, times
what chloroform and its conversion factor find of them. Roots are picked out. Each measurement has a bias of its own
(of a method at a site: K2SO4 beside chloride and carbonate left in samples disturb those of saline soil) and an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.forcing import Site
from halosink.model.functions.gapon import exchange_capacity
from halosink.model.functions.osmotic import concentration, conductivity
from halosink.model.ledger import ORGANIC, organic
from halosink.model.parameters import Parameter
from halosink.model.process import Values
from halosink.model.processes.salt import PASTE
from halosink.model.tier import Run

KEEP = ("ph", "doc_mean")
"""Conditions that a run must keep for its observations."""
Scale = Literal["ratio", "difference"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One kind of measurement.

    find(run, site, parameters) -> (months, layers, lanes) or (months, lanes) in `unit`, without bias and error.
    scale: "ratio": bias multiplies and error is that of the logarithm; "difference": both in the unit.
    """

    name: str
    unit: str
    label: Text
    scale: Scale
    find: Callable[[Run, Site, Values], Array]
    parameters: tuple[Parameter, ...]


def _parameter(
    name: str, value: float, unit: str, low: float, high: float, prior: str, a: float, b: float, en: str, zh: str
) -> Parameter:
    return Parameter(
        name, value, unit, low, high, prior, a, b, Text(en, zh),  # type: ignore[arg-type]
        Text("Own choice, wide: of methods in saline soil.", "自定，先验较宽：反映盐渍土测定方法的差异。"),
        "own_choice",
    )  # fmt: skip


AGGREGATES = _parameter(
    "aggregates_in_poc", 0.8, "1", 0.0, 1.0, "beta", 8.0, 2.0,
    "Share of aggregates that dispersion leaves above 53 um", "分散后仍大于 53 μm 的团聚体碳比例",
)  # fmt: skip
CHAR = _parameter(
    "biochar_in_poc", 0.7, "1", 0.0, 1.0, "beta", 7.0, 3.0,
    "Share of biochar found above 53 um", "大于 53 μm 的生物炭碳比例",
)  # fmt: skip


def _errors(name: str, scale: Scale, error: float, bias: float) -> tuple[Parameter, ...]:
    none, kind = (1.0, "lognormal") if scale == "ratio" else (0.0, "normal")
    low, high = (0.2, 5.0) if scale == "ratio" else (-20.0 * bias, 20.0 * bias)
    unit = "1" if scale == "ratio" else "unit of the measurement"
    return (
        _parameter(f"{name}_bias", none, unit, low, high, kind, none, bias, f"Bias of {name}", f"{name} 的偏差"),
        _parameter(
            f"{name}_error", error, unit, error / 10, error * 10, "lognormal", error, 0.5,
            f"Error of {name}", f"{name} 的误差",
        ),
    )  # fmt: skip


def _per_mass(stock: Array, site: Site) -> Array:
    """g kg-1 of g m-2."""
    return stock / (1000.0 * site.bulk_density * site.thickness)


def _char(done: Run) -> Array:
    return organic(done.stocks, ("biochar_labile", "biochar"))


def _poc(done: Run, site: Site, values: Values) -> Array:
    held = done.stocks["pom"] + values["aggregates_in_poc"] * done.stocks["aggregate"]
    return _per_mass(held + values["biochar_in_poc"] * _char(done), site)


def _maoc(done: Run, site: Site, values: Values) -> Array:
    held = done.stocks["maom"] + (1.0 - values["aggregates_in_poc"]) * done.stocks["aggregate"]
    held = held + done.stocks["microbes"] + (1.0 - values["biochar_in_poc"]) * _char(done)
    return _per_mass(held, site)


def _soc(done: Run, site: Site, values: Values) -> Array:
    return _per_mass(organic(done.stocks, ORGANIC), site)


def _doc(done: Run, site: Site, values: Values) -> Array:
    return 1000.0 * _per_mass(done.conditions["doc_mean"], site)


def _mbc(done: Run, site: Site, values: Values) -> Array:
    return 1000.0 * _per_mass(done.stocks["microbes"], site)


def _sic(done: Run, site: Site, values: Values) -> Array:
    return _per_mass(done.stocks["carbonate"], site)


def _ec(done: Run, site: Site, values: Values) -> Array:
    paste = 1000.0 * PASTE * site.field_capacity * site.thickness
    return conductivity(concentration(done.stocks["salt"], paste))


def _esp(done: Run, site: Site, values: Values) -> Array:
    return 100.0 * done.stocks["exchangeable_sodium"] / exchange_capacity(site)


def _ph(done: Run, site: Site, values: Values) -> Array:
    return done.conditions["ph"]


def _sum(done: Run, chosen: Callable[[str, str, str], bool]) -> Array:
    return sum((v for key, v in done.moved.items() if chosen(*key)), jnp.zeros(()))


def _rh(done: Run, site: Site, values: Values) -> Array:
    """All carbon that goes to the air; plants' own respiration is not in it, production is net of it."""
    return _sum(done, lambda process, source, target: target == "air")


def _nee(done: Run, site: Site, values: Values) -> Array:
    """To the air less from the air, positive for a loss of the land; carbon harvested or brought is not in it."""
    return _rh(done, site, values) - _sum(done, lambda process, source, target: source == "air")


def _ch4(done: Run, site: Site, values: Values) -> Array:
    return _sum(done, lambda process, source, target: process == "methane")


def _all() -> Mapping[str, Observation]:
    g, mg, flux = "g kg-1", "mg kg-1", "g m-2 month-1"
    rows: tuple[tuple[str, str, str, str, Scale, float, float, Callable[..., Array], tuple[Parameter, ...]], ...] = (
        ("poc", g, "Particulate organic carbon", "颗粒态有机碳", "ratio", 0.15, 0.15, _poc, (AGGREGATES, CHAR)),
        ("maoc", g, "Mineral-associated organic carbon", "矿物结合态有机碳", "ratio", 0.1, 0.1, _maoc,
         (AGGREGATES, CHAR)),
        ("soil_organic_carbon", g, "Soil organic carbon", "土壤有机碳", "ratio", 0.07, 0.07, _soc, ()),
        ("doc", mg, "Dissolved organic carbon", "溶解性有机碳", "ratio", 0.25, 0.5, _doc, ()),
        ("microbial_biomass_carbon", mg, "Microbial biomass carbon", "微生物生物量碳", "ratio", 0.2, 0.25, _mbc, ()),
        ("soil_inorganic_carbon", g, "Soil inorganic carbon", "土壤无机碳", "ratio", 0.07, 0.07, _sic, ()),
        ("ec_saturated_paste", "dS m-1", "Conductivity of the saturated paste", "饱和泥浆浸提液电导率", "ratio", 0.15,
         0.25, _ec, ()),
        ("exchangeable_sodium_percentage", "%", "Exchangeable sodium percentage", "交换性钠百分率", "ratio", 0.15, 0.15,
         _esp, ()),
        ("ph_water", "1", "pH", "pH", "difference", 0.15, 0.2, _ph, ()),
        ("heterotrophic_respiration", flux, "Heterotrophic respiration", "异养呼吸", "ratio", 0.25, 0.25, _rh, ()),
        ("net_ecosystem_exchange", flux, "Net ecosystem exchange", "生态系统净交换", "difference", 10.0, 5.0, _nee, ()),
        ("methane", flux, "Methane", "甲烷", "ratio", 0.6, 0.5, _ch4, ()),
    )  # fmt: skip
    return {
        name: Observation(name, unit, Text(en, zh), scale, find, (*_errors(name, scale, error, bias), *more))
        for name, unit, en, zh, scale, error, bias, find, more in rows
    }


OBSERVATIONS = _all()
"""All operators by name; errors and biases are own choices: of replicate cores and of methods."""


def parameters(*names: str) -> tuple[Parameter, ...]:
    """Parameters of these observations (of all when none is named), each once."""
    chosen = [OBSERVATIONS[n] for n in names or OBSERVATIONS]
    return tuple({p.name: p for one in chosen for p in one.parameters}.values())


def expected(name: str, done: Run, site: Site, values: Values) -> Array:
    """What is measured on average, bias included: (months, layers, lanes) or (months, lanes).

    values: parameters of the operator, see parameters(). The run must have kept KEEP. Raises KeyError for an unknown
    name.
    """
    one, truth = OBSERVATIONS[name], OBSERVATIONS[name].find(done, site, values)
    bias = values[f"{name}_bias"]
    return jnp.asarray(truth * bias if one.scale == "ratio" else truth + bias)


def log_likelihood(name: str, measured: Array, done: Run, site: Site, values: Values) -> Array:
    """Logarithm of the probability density of measured values (lanes,), summed over all that are not NaN.

    measured: (months, layers, 1 or lanes) or (months, 1 or lanes), NaN where nothing was measured; > 0 for those of
    scale "ratio", whose density is that of the logarithm.
    """
    found, error = expected(name, done, site, values), values[f"{name}_error"]
    there = jnp.isfinite(measured)
    if OBSERVATIONS[name].scale == "ratio":
        there = there & (measured > 0)
        safe = jnp.log(jnp.where(there, measured, 1.0))
        off = jnp.where(there, safe - jnp.log(jnp.maximum(found, 1e-12)), 0.0)
    else:
        off = jnp.where(there, jnp.where(there, measured, 0.0) - found, 0.0)
    density = jnp.where(there, -0.5 * (off / error) ** 2 - jnp.log(error) - 0.5 * jnp.log(2.0 * jnp.pi), 0.0)
    return density.sum(axis=tuple(range(density.ndim - 1)))

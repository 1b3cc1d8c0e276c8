"""Global warming potentials as the IPCC reports give them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from halosink.contracts import Text
from halosink.problems import did_you_mean


@dataclass(frozen=True, slots=True)
class Metric:
    """One column of one report: what a gram of each gas weighs in grams of CO2 over `horizon` years.

    name: "AR6 GWP100"; report: its title in both languages; ch4_fossil is None where the report does not give it;
    source: key of sources/*.bib, table: where in it.
    """

    name: str
    report: Text
    horizon: int
    ch4: float
    ch4_fossil: float | None
    n2o: float
    source: str
    table: str

    def of(self, gas: str, fossil: bool = False) -> float:
        """g CO2e per g of "co2", "ch4" or "n2o". ValueError for fossil methane that the report does not give."""
        if gas == "ch4" and fossil:
            if self.ch4_fossil is None:
                raise ValueError(f"{self.name} gives no potential of fossil methane")
            return self.ch4_fossil
        return {"co2": 1.0, "ch4": self.ch4, "n2o": self.n2o}[gas]


@cache
def metrics() -> Mapping[str, Metric]:
    """Every metric by name: SAR, TAR, AR4, AR5, AR5-feedback and AR6, each with GWP20 and GWP100."""
    raw = tomllib.loads((resources.files("halosink.budget") / "warming_potentials.toml").read_text("utf-8"))
    found: dict[str, Metric] = {}
    for report, entry in raw.items():
        for horizon in (h for h in entry if h.startswith("GWP")):
            values, name = entry[horizon], f"{report} {horizon}"
            found[name] = Metric(
                name=name,
                report=Text(*entry["name"]),
                horizon=int(horizon.removeprefix("GWP")),
                ch4=float(values["ch4"]),
                ch4_fossil=float(values["ch4_fossil"]) if "ch4_fossil" in values else None,
                n2o=float(values["n2o"]),
                source=entry["source"],
                table=entry["table"],
            )
    return MappingProxyType(found)


def metric(name: str) -> Metric:
    """The metric of that name; KeyError with the nearest if there is none."""
    try:
        return metrics()[name]
    except KeyError:
        near = did_you_mean(name, metrics())
        hint = f"; did you mean {near!r}?" if near else f"; there are {', '.join(metrics())}"
        raise KeyError(f"no metric {name!r}{hint}") from None

"""Results of the response model as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.contracts import CheckRow, Text
from halosink.model import ledger
from halosink.model.interventions import interventions
from halosink.model.plot import forcing
from halosink.model.tier import Run
from halosink.problems import Problem, UserError
from halosink.settings_model import Tried
from halosink.study_model.cores import beside
from halosink.study_model.measured import measured
from halosink.study_model.runs import UNITS, Runs, Years, lanes, usable
from halosink.study_model.tables import World, cycle

if TYPE_CHECKING:
    from halosink.runner import Workspace

Floats = NDArray[np.float64]
AS_IS = Text("as it is", "现状")
CLOSED = 1e-9
"""What a run may make from nothing, of stock and throughput. Own choice: far above rounding, far below any process."""
DRIFT = 0.2
"""Share of its carbon that untouched land may gain or lose in the middle of the draws before the start is doubted. Own
choice: more in a few decades is seldom measured without a change of use."""


def outputs(workspace: Workspace, world: World) -> dict[str, Any]:
    """Everything that the step leaves. UserError for amounts that an intervention does not take."""
    settings, chosen = workspace.settings, workspace.settings.model
    if wrong := list(_mistakes(chosen.interventions)):
        raise UserError(wrong)
    problems = list(world.problems)
    stays = []
    for number, ground in enumerate(world.grounds):
        if reason := usable(ground, world.climate.latitude, chosen):
            problems.append(Problem("W-MODEL-LEFT-OUT", values={"class": ground.name, "reason": _reason(reason)}))
        else:
            stays.append(number)
    kept = [world.grounds[i] for i in stays]
    world = world._replace(
        groundwater=(world.groundwater[0][stays], world.groundwater[1][stays]),
        climate=world.climate.of(stays),
    )
    told = {"model/problems.json": {"problems": [p.record() for p in problems]}}
    if not kept:
        return told
    year = cycle(world, chosen)
    runs = Runs(lanes(kept, year, world.climate.latitude, chosen, settings.study.seed), chosen.start == "steady")
    names = [g.name for g in kept]
    tail = (1 - settings.analysis.confidence) / 2
    table = _Table(runs, world.factor, names, tail)
    steps = len(chosen.interventions) + 5
    base = runs.as_is()
    workspace.progress(1, steps)
    response, compared = [table.response("as_is", AS_IS, base)], []
    for number, one in enumerate(chosen.interventions):
        done = runs.intervention(one.do, dict(one.amounts.items()))
        label = _label(one.do, one.key)
        response.append(table.response(one.key, label, done))
        compared.append(table.change(one.key, label, _sources(one.do), base, done))
        workspace.progress(number + 2, steps)
    frames = {
        "response": pd.concat(response, ignore_index=True),
        "interventions": pd.concat(compared, ignore_index=True) if compared else pd.DataFrame(),
        "ledger": table.ledger(base),
        "split": table.split(base, runs),
        "residence": table.residence(base),
        "measured": table.measured(list(measured(workspace, world.factor, names)), base),
        "checks": CheckRow.table(_checks(runs, names, base)),
    }
    if chosen.cores:
        fallen = _middle(runs, _carried(base, "shoot", {"litter"}))
        died = _middle(runs, _carried(base, "root", {"pom", "doc", "aggregate"}))
        found = beside(kept, forcing(**year), world.climate.latitude, chosen, fallen, died)
        frames["cores"] = table.cores(found, base)
    return {f"model/{n}.parquet": f for n, f in frames.items() if len(f)} | told


def _mistakes(tried: Sequence[Tried]) -> Iterator[Problem]:
    """Options that an intervention does not have, and amounts out of their range."""
    known = interventions()
    for one in tried:
        for name, amounts in one.amounts.items():
            options = {p.name: p for p in known[name].options} if name in one.do else {}
            for option, amount in amounts.items():
                said = {"name": name, "option": option, "amount": f"{amount:g}"}
                place = {"name": name, "option": option, "known": ", ".join(options) or "-"}
                if option not in options:
                    yield Problem("E-MODEL-OPTION", "study.toml", column="model.interventions", values=place)
                elif not options[option].low <= amount <= options[option].high:
                    ends = {"low": f"{options[option].low:g}", "high": f"{options[option].high:g}"}
                    said |= ends | {"unit": options[option].unit}
                    yield Problem("E-MODEL-AMOUNT", "study.toml", column="model.interventions", values=said)


def _reason(error: str) -> Text:
    if "fractions" in error:
        return Text("fractions of its carbon exceed its organic carbon", "碳组分之和超过土壤有机碳")
    return Text(f"a value does not fit the model ({error})", f"有数值不符合模型要求（{error}）")


def _label(do: Sequence[str], key: str) -> Text:
    known = interventions()
    extra = key[key.index(" (") :] if " (" in key else ""
    en = " + ".join(known[n].label.en if i == 0 else known[n].label.en.lower() for i, n in enumerate(do))
    return Text(en + extra, " + ".join(known[n].label.zh for n in do) + extra)


def _sources(do: Sequence[str]) -> str:
    known = interventions()
    return ", ".join(dict.fromkeys(s for n in do for s in (*known[n].sources,)))


def _carried(done: Years, source: str, targets: set[str]) -> Floats:
    """(lanes,) mean of the years."""
    found = [np.asarray(v) for (_, s, t), v in done.moved.items() if s == source and t in targets]
    return np.asarray(sum(found).mean(axis=0))  # type: ignore[union-attr]


def _middle(runs: Runs, values: Any) -> Floats:
    return np.asarray(np.median(runs.by_class(values), axis=-1))


class _Table:
    """Quantiles over draws, by class."""

    def __init__(self, runs: Runs, factor: str, names: Sequence[str], tail: float) -> None:
        self.runs, self.factor, self.names, self.tail = runs, factor, names, tail

    def three(self, values: Any) -> Floats:
        """(3, ..., classes): low, median, high; of draws without a finite value nothing is known."""
        found: Floats = np.quantile(self.runs.by_class(values), [self.tail, 0.5, 1 - self.tail], axis=-1)
        return found

    def rows(self, values: Any) -> Iterator[tuple[str, dict[str, float]]]:
        """(class, low, median and high) of what has lanes only."""
        for name, one in zip(self.names, self.three(values).T, strict=True):
            yield name, dict(zip(("low", "median", "high"), map(float, one), strict=True))

    def response(self, scenario: str, label: Text, done: Years) -> pd.DataFrame:
        parts = []
        for quantity, values in done.found.items():
            low, median, high = self.three(values)
            years, classes = low.shape
            parts.append(pd.DataFrame({
                "factor": self.factor,
                "class": np.tile(self.names, years),
                "scenario": scenario,
                "scenario_en": label.en,
                "scenario_zh": label.zh,
                "year": np.repeat(np.arange(1, years + 1), classes),
                "quantity": quantity,
                "unit": UNITS[quantity],
                "low": low.ravel(),
                "median": median.ravel(),
                "high": high.ravel(),
            }))  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    def change(self, scenario: str, label: Text, source: str, base: Years, done: Years) -> pd.DataFrame:
        """Against the land as it is, draw by draw, in the last year."""
        years = next(iter(done.found.values())).shape[0]
        carbon = set(ledger.ORGANIC) | {"litter"}
        brought = sum(
            np.asarray(v).sum(axis=0) for (_, s, t), v in done.moved.items() if s == "brought" and t in carbon
        )
        soc, ec, esp, grown = (
            self.runs.by_class(np.asarray(done.found[q])[-1] - np.asarray(base.found[q])[-1])
            for q in ("soc", "ec", "esp", "production")
        )
        rows = []
        for i, name in enumerate(self.names):
            row: dict[str, Any] = {
                "factor": self.factor, "class": name, "scenario": scenario, "scenario_en": label.en,
                "scenario_zh": label.zh, "years": years, "unit": "g m-2",
            }  # fmt: skip
            for what, values in (("", soc), ("ec_", ec), ("esp_", esp), ("production_", grown)):
                ends = np.quantile(values[i], [self.tail, 0.5, 1 - self.tail])
                row |= {f"{what}{k}": float(v) for k, v in zip(("low", "median", "high"), ends, strict=True)}
            row["gain"] = float((soc[i] > 0).mean())
            row["brought"] = float(np.median(self.runs.by_class(brought)[i]))
            rows.append(row | {"source": source})
        return pd.DataFrame(rows)

    def ledger(self, done: Years) -> pd.DataFrame:
        """Mean of the years, per year; carbon, water and salt by their units."""
        units = {"carbon": "g m-2 year-1", "water": "mm year-1", "salt": "mol m-2 year-1", "sodium": "mol m-2 year-1"}
        years = next(iter(done.found.values())).shape[0]
        rows = []
        for kind, process, source, target, amount in ledger.entries(_run_of(done)):
            if source == target or not bool((np.asarray(amount) != 0).any()):
                continue
            for name, ends in self.rows(amount / years):
                rows.append({"factor": self.factor, "class": name, "kind": kind, "process": process, "source": source,
                             "target": target, "unit": units[kind], **ends})  # fmt: skip
        return pd.DataFrame(rows)

    def split(self, base: Years, runs: Runs) -> pd.DataFrame:
        """What salt does to soil carbon by way of plants and of microbes, as ledger.salt_response has it."""
        both, decay_only, input_only, none = (
            np.asarray(y.found["soc"])[-1]
            for y in (base, runs.without_salt("plants"), runs.without_salt("decay"),
                      runs.without_salt("plants", "decay"))
        )  # fmt: skip
        together = both - decay_only - input_only + none
        parts = {
            "whole": both - none,
            "less_input": input_only - none + together / 2,
            "slower_decay": decay_only - none + together / 2,
            "together": together,
        }
        rows = [
            {"factor": self.factor, "class": name, "part": part, "unit": "g m-2", **ends}
            for part, values in parts.items()
            for name, ends in self.rows(values)
        ]
        return pd.DataFrame(rows)

    def residence(self, done: Years) -> pd.DataFrame:
        """Mean stock over what leaves it, years; of stocks that are there."""
        held = Run(dict(done.means), {}, dict(done.moved))
        rows = []
        for stock, values in ledger.residence(held).items():
            mean = ledger.profile(done.means[stock]).mean(axis=0)
            if float(np.asarray(mean).max()) <= 0:
                continue
            middles = _middle(self.runs, mean)
            for i, (name, ends) in enumerate(self.rows(np.minimum(12.0 * np.asarray(values), 1e6))):
                rows.append({"factor": self.factor, "class": name, "stock": stock, "unit": "year", **ends,
                             "mean_stock": float(middles[i])})  # fmt: skip
        return pd.DataFrame(rows)

    def measured(self, rows: Sequence[Mapping[str, Any]], base: Years) -> pd.DataFrame:
        """Measured means of a year beside the first year of the land as it is."""
        first = {n: np.asarray(v)[0] for n, v in base.found.items()}
        first["nee"] = first["respiration"] + first["methane"] - first["production"]
        ends = {q: dict(self.rows(first[q])) for q in {r["quantity"] for r in rows}}
        found = [{"factor": self.factor, **r, **ends[r["quantity"]][r["class"]], "unit": "g m-2 year-1"} for r in rows]
        return pd.DataFrame(found)

    def cores(self, found: Sequence[Any], base: Years) -> pd.DataFrame:
        """Soil organic carbon of every core and the monthly tier, from the start on (year 0)."""
        rows: list[dict[str, Any]] = []

        def add(name: str, label: Text, depth: float, source: str, soc: Floats, respired: Floats, ends: Any) -> None:
            for i, place in enumerate(self.names):
                for year in range(len(soc)):
                    rows.append({
                        "factor": self.factor, "class": place, "core": name, "core_en": label.en, "core_zh": label.zh,
                        "depth": 100 * depth, "year": year, "soc": float(soc[year, i]),
                        "low": float(ends[0][year, i]) if ends else float("nan"),
                        "high": float(ends[1][year, i]) if ends else float("nan"),
                        "respired": float(respired[year - 1, i]) if year else float("nan"), "unit": "g m-2",
                        "source": source,
                    })  # fmt: skip

        before = np.asarray(ledger.organic(self.runs.stocks).sum(axis=0))
        after = np.asarray(ledger.organic(base.ends).sum(axis=1))
        low, median, high = self.three(np.concatenate([before[None], after]))
        _, breath, _ = self.three(base.found["respiration"])
        label = Text("Monthly tier of halosink", "halosink 月尺度模型")
        depth = float(np.asarray(self.runs.land.site.thickness)[:, 0].sum())
        add("monthly", label, depth, "own_choice", median, breath, (low, high))
        for one in found:
            add(one.core.name, one.core.label, one.depth, one.core.source, one.soc, one.respired, None)
        return pd.DataFrame(rows)


def _run_of(done: Years) -> Run:
    """The years as a run whose steps are years: sums and ends are the same."""
    return Run(dict(done.ends), {}, dict(done.moved))


def _checks(runs: Runs, names: Sequence[str], base: Years) -> Iterator[CheckRow]:
    closed = ledger.closure(_run_of(base), runs.stocks)
    for kind in ("carbon", "water", "salt", "sodium"):
        worst = float(np.asarray(closed[kind]).max())
        yield CheckRow(
            f"model_{kind}_closed", "as_is", worst, "<=", CLOSED, "1", worst <= CLOSED,
            Text("Largest of all classes and draws, relative to stock and throughput.",
                 "全部类别与抽样中的最大值，相对于储量与通量之和。"), "own_choice",
        )  # fmt: skip
    every: Mapping[str, Any] = base.found
    share = float(np.mean([np.isfinite(np.asarray(v)).all(axis=0) for v in every.values()]))
    yield CheckRow(
        "model_draws_finite", "as_is", share, ">=", 1.0, "1", share >= 1.0,
        Text("Share of draws and quantities without a missing or infinite value.", "无缺失或无穷值的抽样与变量比例。"),
        "own_choice",
    )  # fmt: skip
    first = np.asarray(ledger.organic(runs.stocks).sum(axis=0))
    drift = np.median(runs.by_class(np.asarray(ledger.organic(base.ends).sum(axis=1))[-1] / first - 1), axis=-1)
    for name, value in zip(names, drift, strict=True):
        yield CheckRow(
            "model_start_drift", name, float(abs(value)), "<=", DRIFT, "1", bool(abs(value) <= DRIFT),
            Text(f"Untouched, soil organic carbon changes by {100 * value:+.0f} % in the middle of the draws.",
                 f"在不采取措施时，土壤有机碳的变化中位数为 {100 * value:+.0f} %。"), "own_choice",
        )  # fmt: skip

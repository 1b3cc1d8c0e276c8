"""The step from fluxes of a study to CO2-equivalents per plot and class."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink import runner, vocabulary
from halosink.budget import metrics
from halosink.budget.means import mean_draws, mean_fluxes
from halosink.settings import load
from halosink.settings_greenhouse import Metric

STUDY = """
[study]
title = "Fluxes"
seed = 5
[tables.fluxes]
file = "fluxes.csv"
kind = "fluxes"
[[design.factors]]
field = "treatment"
reference = "control"
"""


def visits(light: tuple[str, ...] = ("dark",)) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = [
        (plot, "gypsum" if plot > "P3" else "control", date, condition, rng.normal(3, 0.5), rng.normal(40, 10))
        for plot in ("P1", "P2", "P3", "P4", "P5", "P6")
        for date in ("2024-05-01", "2024-06-01", "2024-07-01")
        for condition in light
    ]
    return pd.DataFrame(rows, columns=["plot", "treatment", "date", "light_condition", "co2_flux", "ch4_flux"])


def run(folder: Path, frame: pd.DataFrame, extra: str = "") -> pd.DataFrame:
    frame.to_csv(folder / "fluxes.csv", index=False)
    (folder / "study.toml").write_text(STUDY + extra, "utf-8")
    workspace = runner.Workspace(folder, load(folder))
    outcome = runner.run(workspace, only=["greenhouse"])["greenhouse"]
    assert outcome.status == "done", outcome.reason
    return pd.read_parquet(folder / "results/greenhouse/balance.parquet")


def test_plots_and_classes_are_weighed_as_by_hand(tmp_path: Path) -> None:
    frame = visits()
    found = run(tmp_path, frame)
    assert set(found["metric"]) == {"AR6 GWP100", "AR6 GWP20"}
    mean = frame.groupby("plot")[["co2_flux", "ch4_flux"]].mean()
    by_hand = 86400 * (mean["co2_flux"] * 44.009e-6 + mean["ch4_flux"] * 16.043e-9 * 79.7)
    got = found.query("metric == 'AR6 GWP20' and level == 'plot' and gas == 'sum'").set_index("plot")
    assert got["co2e"].to_numpy() == pytest.approx(by_hand.to_numpy(), rel=1e-9)
    assert (got["visits"] == 3).all() and (got["missing"] == "n2o").all()
    assert set(found.query("level == 'class'")["class"]) == {"control", "gypsum"}
    gypsum = frame[frame["treatment"] == "gypsum"]["co2_flux"].mean() * 44.009e-6 * 86400
    of_class = found.query("metric == 'AR6 GWP20' and level == 'class' and gas == 'co2'").set_index("class")["co2e"]
    assert of_class["gypsum"] == pytest.approx(gypsum, rel=1e-9)
    assert len(found) == 2 * 3 * (6 + 2)


def test_cautions_say_what_is_not_shown(tmp_path: Path) -> None:
    found = run(tmp_path, visits(), '[greenhouse]\nmetrics = ["AR4 GWP100"]\nper = "year"\n')
    said = found.groupby("gas")["caution"].first()
    assert said["sum"] == "carbon_kept,gas_missing,rate_not_sum" and said["ch4"] == "rate_not_sum"
    assert set(found["unit"]) == {"g CO2e m-2 yr-1"} and set(found["source"]) == {"forster2007"}
    for code in {c for cell in found["caution"] for c in cell.split(",")} | {"one_visit"}:
        assert vocabulary.say(f"greenhouse.caution.{code}", "zh") != vocabulary.say(f"greenhouse.caution.{code}", "en")


def test_clear_and_dark_chambers_are_not_averaged(tmp_path: Path) -> None:
    found = run(tmp_path, visits(("dark", "clear")))
    assert set(found["level"]) == {"plot"}
    assert set(found["light_condition"]) == {"dark", "clear"}


def test_without_fluxes_it_is_skipped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "soil.csv").write_text("plot,ph_water\nP1,8.5\nP2,9.1\n", "utf-8")
    text = '[study]\ntitle = "Soil"\n[tables.soil]\nfile = "soil.csv"\nkind = "soil"\n'
    (tmp_path / "study.toml").write_text(text, "utf-8")
    outcomes = runner.run(runner.Workspace(tmp_path, load(tmp_path)), only=["greenhouse", "carbonate"])
    for name in ("greenhouse", "carbonate"):
        assert outcomes[name].status == "skipped" and outcomes[name].reason.zh and outcomes[name].add.en


def test_days_count_once_however_often_measured() -> None:
    frame = pd.DataFrame({"plot": "a", "date": [1, 1, 1, 2], "co2_flux": [1.0, 2.0, 3.0, 6.0]})
    row = mean_fluxes(frame, ["plot"]).iloc[0]
    assert (row["co2_flux"], row["visits"], row["rows"]) == (4.0, 2, 4)
    assert row["co2_flux_error"] == pytest.approx(np.std([2, 6], ddof=1) / np.sqrt(2)) and row["co2_flux_df"] == 1
    one_day = mean_fluxes(frame.iloc[:3], ["plot"]).iloc[0]
    assert one_day["co2_flux_error"] == pytest.approx(1 / np.sqrt(3)) and one_day["visits"] == 1
    assert np.isnan(mean_fluxes(frame.iloc[:1], ["plot"]).iloc[0]["co2_flux_error"])


def test_draws_of_means_follow_student() -> None:
    means = pd.DataFrame({"co2_flux": [2.0, 1.0], "co2_flux_error": [0.5, np.nan], "co2_flux_df": [4.0, np.nan]})
    drawn = mean_draws(means, 200_000, np.random.default_rng(1))["co2_flux"]
    low, high = np.quantile(drawn[0], [0.025, 0.975])
    assert (high - low) / 2 == pytest.approx(0.5 * stats.t.ppf(0.975, 4), rel=0.02)
    assert np.isnan(drawn[1]).all()


def test_the_settings_offer_every_metric() -> None:
    assert set(get_args(Metric)) == set(metrics())

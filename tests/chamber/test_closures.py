"""An id of a closure that comes again, through the whole run."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink import runner, settings, storage
from halosink.chamber import fluxes
from halosink.chamber.air import GAS_CONSTANT
from halosink.quality.closures import keyed, mixed

TIMES = np.arange(0.0, 150.0, 30.0)
FACTOR = 101325 * 0.030 / (GAS_CONSTANT * 298.15 * 0.1)


def readings(slope: float, **more: object) -> pd.DataFrame:
    base = {"closure": "1", "elapsed_time": TIMES, "co2_mole_fraction": 420 + slope * TIMES}
    air = {"chamber_volume": 30.0, "chamber_area": 0.1, "chamber_temperature": 25.0, "chamber_pressure": 101.325}
    return pd.DataFrame(base | air | more)


def test_the_same_id_elsewhere_or_later_is_another_closure() -> None:
    places = [(s, p, d) for s in ("N", "S") for p in ("1", "2") for d in ("2024-05-01", "2024-06-01")]
    slopes = {place: 0.1 * (i + 1) for i, place in enumerate(places)}
    frames = [readings(k, site=s, plot=p, date=pd.Timestamp(d)) for (s, p, d), k in slopes.items()]
    found = fluxes(pd.concat(frames, ignore_index=True)).set_index(["site", "plot", "date"])
    assert len(found) == 8 and (found["reason"] == "").all()
    for (s, p, d), slope in slopes.items():
        assert found.loc[(s, p, pd.Timestamp(d)), "flux"] == pytest.approx(slope * FACTOR)


@pytest.mark.parametrize("running", [True, False])
def test_the_day_of_the_stamps_tells_closures_apart(running: bool) -> None:
    """Closed before midnight and open after it, with stamps of each reading or of the closing only."""
    starts = pd.to_datetime(["2024-05-01 23:59", "2024-05-02 23:59"])
    frames = []
    for i, start in enumerate(starts):
        stamps = start + pd.to_timedelta(TIMES, unit="s") if running else start
        frames.append(readings(0.1 * (i + 1), plot="1", time=stamps))
    found = fluxes(pd.concat(frames, ignore_index=True))
    assert found["flux"].tolist() == pytest.approx([0.1 * FACTOR, 0.2 * FACTOR])
    assert found["date"].dt.day.tolist() == [1, 2] and found["time"].tolist() == starts.tolist()


def test_light_and_dark_are_two_closures() -> None:
    both = [readings(-0.1, plot="1", light_condition="clear"), readings(0.1, plot="1", light_condition="dark")]
    assert fluxes(pd.concat(both))["flux"].tolist() == pytest.approx([-0.1 * FACTOR, 0.1 * FACTOR])


@pytest.mark.parametrize("by", [None, "elapsed_time"])
def test_several_closures_under_one_name_get_no_flux(by: str | None) -> None:
    frame = pd.concat([readings(0.1), readings(0.4), readings(0.2, closure="2")], ignore_index=True)
    frame = frame if by is None else frame.sort_values(by, kind="stable", ignore_index=True)
    found = fluxes(frame).set_index("closure")
    assert found["reason"].to_dict() == {"1": "several_closures", "2": ""}
    assert np.isnan(found.loc["1", "flux"]) and found.loc["2", "flux"] == pytest.approx(0.2 * FACTOR)
    assert mixed(frame).groupby(frame["closure"]).all().to_dict() == {"1": True, "2": False}


def test_a_clock_in_whole_seconds_may_repeat_now_and_then() -> None:
    time = np.floor(np.arange(0, 100) * 0.97)
    frame = readings(0.1).reindex(np.zeros(100, int)).assign(elapsed_time=time, co2_mole_fraction=420 + 0.1 * time)
    assert len(np.unique(time)) < 100
    assert fluxes(frame)["reason"].tolist() == [""]


def test_an_unknown_plot_does_not_lose_the_closure() -> None:
    frame = readings(0.1, plot=None, site="N")
    _, key = keyed(frame)
    assert key == ["site", "plot", "closure"]
    assert fluxes(frame)["flux"].tolist() == pytest.approx([0.1 * FACTOR])


HEAD = "site,plot,closure,date,elapsed_time [s],co2_mole_fraction [umol/mol],chamber_volume [L],"
HEAD += "chamber_temperature [degC]\n"


def _csv(slope: float, site: str, plot: str, date: str = "2024-05-01") -> str:
    return "".join(f"{site},{plot},1,{date},{t:g},{420 + slope * t:.4f},30,25\n" for t in TIMES)


def test_all_tables_of_chambers_and_constants(tmp_path: Path) -> None:
    toml = '[study]\ntitle = "t"\n'
    places = [("N", "1"), ("N", "2"), ("S", "1")]
    for name, year in (("first", 2023), ("second", 2024)):
        toml += f'[tables.{name}]\nfile = "{name}.csv"\nkind = "chamber_concentrations"\n[tables.{name}.constant]\n'
        toml += "chamber_pressure = 101.325\nchamber_area = 0.1\n"
        body = "".join(_csv(0.1 * (i + 1), *place, f"{year}-05-01") for i, place in enumerate(places))
        (tmp_path / f"{name}.csv").write_text(HEAD + body)
    (tmp_path / "study.toml").write_text(toml)
    work = runner.Workspace(tmp_path, settings.load(tmp_path))
    outcomes = runner.run(work, only=["chamber_flux", "observations"])
    assert outcomes["chamber_flux"].status == "done"
    found = storage.frame(tmp_path / "results/fluxes/chamber.parquet")
    assert found["table"].tolist() == ["first"] * 3 + ["second"] * 3
    assert found["flux"].tolist() == pytest.approx([0.1 * FACTOR, 0.2 * FACTOR, 0.3 * FACTOR] * 2, rel=1e-3)
    wide = storage.frame(tmp_path / "results/observations/fluxes.parquet")
    assert len(wide) == 6 and "table" not in wide and wide["co2_flux"].tolist() == pytest.approx(found["flux"].tolist())

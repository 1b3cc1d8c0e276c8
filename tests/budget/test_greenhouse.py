"""CO2-equivalents against published potentials, standard molar masses and hand-made sums."""

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.budget import greenhouse_balance, metrics, warming_equivalent
from halosink.budget.greenhouse import grams
from halosink.budget.gwp_star import VARIANTS

# (CH4, N2O) as printed in the reports; the AR6 values of methane are those of Table 7.15.
PUBLISHED = {
    "SAR GWP20": (56, 280),
    "SAR GWP100": (21, 310),
    "TAR GWP20": (62, 275),
    "TAR GWP100": (23, 296),
    "AR4 GWP20": (72, 289),
    "AR4 GWP100": (25, 298),
    "AR5 GWP20": (84, 264),
    "AR5 GWP100": (28, 265),
    "AR5-feedback GWP20": (86, 268),
    "AR5-feedback GWP100": (34, 298),
    "AR6 GWP20": (79.7, 273),
    "AR6 GWP100": (27.0, 273),
}


def one(**fluxes: float) -> pd.DataFrame:
    return pd.DataFrame({k: [v] for k, v in fluxes.items()})


def test_the_potentials_are_those_of_the_reports() -> None:
    assert {n: (m.ch4, m.n2o) for n, m in metrics().items()} == PUBLISHED
    assert metrics()["AR6 GWP20"].of("ch4", fossil=True) == 82.5
    assert metrics()["AR6 GWP100"].of("ch4", fossil=True) == 29.8
    for m in metrics().values():
        assert m.of("co2") == 1 and m.source in vocabulary.sources() and m.report.en and m.report.zh
        assert m.horizon == int(m.name[-3:].removeprefix("P"))
    with pytest.raises(ValueError, match="fossil"):
        metrics()["AR4 GWP100"].of("ch4", fossil=True)


def test_a_micromole_of_co2_through_a_year() -> None:
    # 1e-6 mol m-2 s-1 x 44.009 g mol-1 x 31 557 600 s: 1388.8 g CO2, of which 379.0 g are carbon
    assert grams(np.array([1.0]), "co2", "year")[0] == pytest.approx(44.009e-6 * 365.25 * 86400, rel=1e-12)
    assert grams(np.array([1.0]), "co2", "second")[0] == pytest.approx(44.009e-6, rel=1e-12)
    assert grams(np.array([1.0]), "ch4", "day")[0] == pytest.approx(16.043e-9 * 86400, rel=1e-12)
    assert grams(np.array([1.0]), "n2o", "day")[0] == pytest.approx(44.013e-9 * 86400, rel=1e-12)


def test_gases_add_up_by_hand() -> None:
    table = greenhouse_balance(one(co2_flux=2.0, ch4_flux=50.0, n2o_flux=-0.5), "AR6 GWP100", per="day")
    co2, ch4, n2o = (v * 86400 for v in (2 * 44.009e-6, 50 * 16.043e-9 * 27.0, -0.5 * 44.013e-9 * 273))
    got = table.set_index("gas")["co2e"]
    assert list(got.index) == ["co2", "ch4", "n2o", "sum"]
    assert got.to_numpy() == pytest.approx([co2, ch4, n2o, co2 + ch4 + n2o], rel=1e-12)
    assert set(table["unit"]) == {"g CO2e m-2 d-1"} and list(table["missing"]) == [""] * 4
    assert table[["standard_error", "low", "high"]].isna().all(axis=None)


def test_what_was_not_measured_is_named_and_not_zero() -> None:
    frame = pd.DataFrame({"plot": ["a", "b", "c"], "co2_flux": [1.0, np.nan, np.nan], "ch4_flux": [2.0, 3.0, np.nan]})
    total = greenhouse_balance(frame, "AR5 GWP20").query("gas == 'sum'").set_index("plot")
    assert total["missing"].to_dict() == {"a": "n2o", "b": "co2,n2o", "c": "co2,ch4,n2o"}
    assert np.isfinite(total["co2e"]["a"]) and np.isnan(total["co2e"]["c"])
    assert total["co2e"]["b"] == pytest.approx(3 * 16.043e-9 * 84 * 86400)
    gases = greenhouse_balance(frame, "AR5 GWP20").query("gas == 'co2'").set_index("plot")
    assert np.isnan(gases["co2e"]["b"])


def test_standard_errors_add_in_squares() -> None:
    frame = one(
        co2_flux=2.0, co2_flux_standard_error=0.3, ch4_flux=50.0, ch4_flux_standard_error=20.0, n2o_flux=0.2,
        n2o_flux_standard_error=0.1,
    )  # fmt: skip
    table = greenhouse_balance(frame, "AR6 GWP20", number=200_000, seed=3).set_index("gas")
    sizes = [0.3 * 44.009e-6 * 86400, 20 * 16.043e-9 * 79.7 * 86400, 0.1 * 44.013e-9 * 273 * 86400]
    assert table["standard_error"].to_numpy() == pytest.approx(
        [*sizes, np.hypot(np.hypot(*sizes[:2]), sizes[2])], rel=0.01
    )
    half = (table["high"] - table["low"]).to_numpy() / 2
    assert half == pytest.approx(1.959964 * table["standard_error"].to_numpy(), rel=0.02)


def test_a_gas_without_error_leaves_the_sum_without_interval() -> None:
    table = greenhouse_balance(one(co2_flux=2.0, co2_flux_standard_error=0.3, ch4_flux=5.0)).query("gas == 'sum'")
    assert table["low"].isna().all() and table["co2e"].notna().all()


def test_draws_keep_what_gases_share() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(0, 1, (1, 50_000))
    frame = one(co2_flux=0.0, ch4_flux=0.0, n2o_flux=0.0)
    factor = 44.009e-6 / (16.043e-9 * 27.0)
    draws = {"co2_flux": shared, "ch4_flux": -shared * factor, "n2o_flux": 0 * shared}
    total = greenhouse_balance(frame, "AR6 GWP100", draws=draws).query("gas == 'sum'")
    assert total["standard_error"].iloc[0] == pytest.approx(0, abs=1e-9)
    two = greenhouse_balance(frame, "AR6 GWP100", draws={"co2_flux": shared, "ch4_flux": shared}).query("gas == 'n2o'")
    assert two["low"].isna().all()


def test_rows_metrics_and_seeds() -> None:
    frame = pd.DataFrame({"plot": ["a", "b"], "ch4_flux": [1.0, 2.0], "ch4_flux_standard_error": [0.1, 0.2]})
    table = greenhouse_balance(frame)
    assert list(table["plot"]) == ["a"] * 4 + ["b"] * 4
    assert list(table["metric"].unique()) == ["AR6 GWP100", "AR6 GWP20"]
    pd.testing.assert_frame_equal(table, greenhouse_balance(frame))
    # a report's number per year is 365.25 times that per day
    year = greenhouse_balance(frame, per="year")
    assert year["co2e"].to_numpy() == pytest.approx(365.25 * table["co2e"].to_numpy(), rel=1e-12)


def test_wrong_words_are_met_with_near_ones() -> None:
    with pytest.raises(KeyError, match="AR6 GWP100"):
        greenhouse_balance(one(co2_flux=1.0), "AR6 GWP10")
    with pytest.raises(KeyError, match="co2_flux"):
        greenhouse_balance(pd.DataFrame({"plot": ["a"]}))
    with pytest.raises(ValueError, match="per"):
        greenhouse_balance(one(co2_flux=1.0), per="week")
    with pytest.raises(KeyError, match="smith2021"):
        warming_equivalent([1.0], 28, variant="smith")


def test_gwp_star_coefficients_are_the_published_ones() -> None:
    # Smith et al. (2021): E* = 4.53 E(t) - 4.25 E(t - 20); Cain et al. (2019): 4 E(t) - 3.75 E(t - 20)
    assert VARIANTS["smith2021"].now == pytest.approx(4.53, abs=0.006)
    assert VARIANTS["smith2021"].before == pytest.approx(4.25, abs=0.006)
    assert (VARIANTS["cain2019"].now, VARIANTS["cain2019"].before) == (4.0, 3.75)
    assert (VARIANTS["allen2018"].now, VARIANTS["allen2018"].before) == (5.0, 5.0)
    assert {v.source for v in VARIANTS.values()} <= set(vocabulary.sources())


def test_a_steady_source_counts_for_the_lasting_part_only() -> None:
    steady = np.full(60, 3.0)
    for name, share in (("allen2018", 0.0), ("cain2019", 0.25), ("smith2021", 1 - np.exp(-1 / 3))):
        got = warming_equivalent(steady, 28, variant=name)
        assert np.isnan(got[:20]).all()
        assert got[20:] == pytest.approx(share * 28 * 3.0, abs=1e-9)
    new = warming_equivalent(steady, 28, variant="cain2019", before=np.zeros(20))
    assert new[:20] == pytest.approx(4 * 28 * 3.0)
    assert new[20:] == pytest.approx(0.25 * 28 * 3.0)


def test_a_source_that_ends_takes_warming_away_for_twenty_years() -> None:
    ended = np.concatenate([np.ones(30), np.zeros(30)])
    got = warming_equivalent(ended, 28, variant="cain2019")
    assert got[30:50] == pytest.approx(-3.75 * 28) and got[50:] == pytest.approx(0)


def test_gwp_star_takes_draws_and_keeps_gaps() -> None:
    series = np.arange(40.0)
    draws = np.stack([series, 2 * series], axis=1)
    got = warming_equivalent(draws, 27.0)
    assert got[:, 1][20:] == pytest.approx(2 * warming_equivalent(series, 27.0)[20:])
    series[5] = np.nan
    assert np.flatnonzero(np.isnan(warming_equivalent(series, 27.0, before=np.zeros(20)))).tolist() == [5, 25]
    with pytest.raises(ValueError, match="20"):
        warming_equivalent(series, 27.0, before=[0.0])

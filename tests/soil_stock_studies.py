"""Simulated studies of soil carbon stocks, of which the truth is known, and tables of real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from halosink.soil.stocks.change import change_table
from halosink.soil.stocks.errors import NO_ERROR, Errors
from halosink.soil.stocks.table import Method, Stocks, carbon_stocks

LIMITS = np.array([0.0, 10, 20, 30, 50])
ERRORS = Errors(0.05, 0.03, 0.06, 0.02)


MASSES = (3500.0,)
"""Reference mass of the studies [t ha-1]."""


def study(seed: int, plots: int = 8, gain: float = 0.08, paired: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A study of plots sampled twice: density rises (compaction), carbon content changes by `gain`.

    First as measured, with errors of layers and of the laboratory, which differ between the dates; then as it is.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for date in ("1", "2"):
        lab_c, lab_d = np.exp(rng.normal(0, [ERRORS.carbon_shared, ERRORS.density_shared]))
        for i in range(plots):
            own = np.random.default_rng([seed, i] if paired else [seed, i, int(date)])
            level, dense = own.normal(0, 0.15), own.normal(0, 0.04)
            trend = gain + rng.normal(0, 0.05) if date == "2" else 0.0
            carbon = 22 * np.exp(-LIMITS[:-1] / 30 + level + trend)
            density = (1.2 + 0.004 * LIMITS[:-1]) * np.exp(dense + (0.08 if date == "2" else 0))
            noise_c, noise_d = rng.normal(0, ERRORS.carbon_layer, 4), rng.normal(0, ERRORS.density_layer, 4)
            rows.append(
                pd.DataFrame(
                    {
                        "plot": f"p{i:02}",
                        "date": date,
                        "lab": date,
                        "depth_top": LIMITS[:-1],
                        "depth_bottom": LIMITS[1:],
                        "soil_organic_carbon": carbon * lab_c * np.exp(noise_c),
                        "bulk_density": density * lab_d * np.exp(noise_d),
                        "true_carbon": carbon,
                        "true_density": density,
                    }
                )
            )
    made = pd.concat(rows, ignore_index=True)
    names = {"true_carbon": "soil_organic_carbon", "true_density": "bulk_density"}
    true = made.drop(columns=list(names.values())).rename(columns=names)
    return made.drop(columns=list(names)), true


def stocks_of(frame: pd.DataFrame, method: Method, seed: int = 0, draws: int = 0) -> Stocks:
    """Stocks of a study to 30 cm, or to MASSES."""
    errors = ERRORS if draws else NO_ERROR
    made, _ = carbon_stocks(
        frame,
        (30.0,),
        method=method,
        masses=MASSES if method == "equal_mass" else None,
        errors=errors,
        draws=draws,
        seed=seed,
        laboratory="lab",
        keep_draws=bool(draws),
    )
    return made


def expected_change(gain: float, method: Method) -> float:
    """Expectation of the true change of the mean stock over many studies of this kind."""
    changes = []
    for seed in range(900, 930):
        table = stocks_of(study(seed, 40, gain)[1], method).table
        mean = table.groupby("date")["soil_organic_carbon_stock"].mean()
        changes.append(mean["2"] - mean["1"])
    return float(np.mean(changes))


def covered(seed: int, method: Method, paired: bool, target: float) -> tuple[float, bool]:
    """Of one study: share of the true stocks within their intervals, and whether that of the change holds `target`."""
    frame, true = study(seed, paired=paired)
    made, truth = stocks_of(frame, method, seed, 200), stocks_of(true, method).table["soil_organic_carbon_stock"]
    table = made.table
    inside = (truth >= table["stock_low"]) & (truth <= table["stock_high"])
    within = "reference_mass" if method == "equal_mass" else "depth_bottom"
    found = change_table(
        table, made.draws, when="date", before="1", after="2", paired=paired, within=within, seed=seed
    ).iloc[0]
    return float(inside.mean()), bool(found["low"] <= target <= found["high"])


def other_ways(seed: int) -> dict[str, bool]:
    """One profile of which carbon or density was not measured directly: does the interval hold the true stock?"""
    rng = np.random.default_rng([seed, 5])
    carbon, density = 18 * np.exp(-LIMITS[:-1] / 40 + rng.normal(0, 0.2)), np.full(4, 1.3)
    base = pd.DataFrame({"core": "a", "depth_top": LIMITS[:-1], "depth_bottom": LIMITS[1:]})
    strength = 0.76 * 0.24 / 0.11**2 - 1
    recovery = rng.beta(strength * 0.76, strength * 0.24) * (1 + 0.07 / 0.76 * rng.normal(0, 1, 4))
    factor = np.exp(rng.normal(np.log(1.9), 0.148))
    line = 1.66 - rng.choice([0.318, 0.308]) * np.sqrt(carbon / 10) + rng.normal(0, 0.2, 4)
    noise = np.exp(rng.normal(0, 0.03, (2, 4)))
    sic = rng.uniform(5, 25)
    ways = {
        "total minus inorganic": base.assign(
            total_carbon=(carbon + sic) * noise[0], soil_inorganic_carbon=sic * noise[1], bulk_density=density
        ),
        "Walkley-Black": base.assign(walkley_black_carbon=carbon * recovery, bulk_density=density),
        "organic matter": base.assign(soil_organic_matter=carbon * factor, bulk_density=density),
        "density by pedotransfer": base.assign(soil_organic_carbon=carbon, bulk_density=np.nan),
    }
    out = {}
    for name, frame in ways.items():
        true_density = line if name == "density by pedotransfer" else density
        true = float((carbon * true_density)[:3].sum())
        errors = Errors(0.03, 0, 0, 0) if name == "total minus inorganic" else NO_ERROR
        made, _ = carbon_stocks(frame, (30.0,), draws=400, errors=errors, seed=seed, estimate_density=True)
        row = made.table.iloc[0]
        out[name] = bool(row["stock_low"] <= true <= row["stock_high"])
    return out


def tidal_wetlands(reference: Path) -> pd.DataFrame:
    """Every layer of marsh_soil_ccn under the names and units of the vocabulary."""
    folder = reference / "data/marsh_soil_ccn"
    d = pd.read_parquet(folder / "depthseries_all.parquet")
    cores = pd.read_parquet(folder / "cores_all.parquet")
    key = ["study_id", "site_id", "core_id"]
    year = cores.drop_duplicates(key).set_index(key)["year"]
    return pd.DataFrame(
        {
            "study": d["study_id"].astype(object),
            "site": d["site_id"].astype(object).where(d["site_id"].notna(), ""),
            "core": d["core_id"].astype(object),
            "depth_top": d["depth_min"],
            "depth_bottom": d["depth_max"],
            "bulk_density": d["dry_bulk_density"],
            "soil_organic_carbon": d["fraction_carbon"] * 1000,
            "soil_organic_matter": d["fraction_organic_matter"] * 1000,
            "lead_210_total": d["total_pb210_activity"],
            "radium_226": d["ra226_activity"],
            "caesium_137": d["cs137_activity"],
            "year": year.reindex(pd.MultiIndex.from_frame(d[key])).to_numpy(),
            "source_file": "depthseries_all",
            "source_row": np.arange(2, len(d) + 2),
        }
    )


def compacted_example() -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """The example of vonhaden2020: three cores, then the same with 1.5 cm of compaction at the surface.

    Soil mass [t ha-1], organic carbon [t ha-1] of the four layers of each core, then of each compacted core.
    """
    carbon = [
        [2.500134, 1.500656, 1.000496, 0.500522], [2.750733, 2.000073, 1.250894, 0.750367],
        [2.250251, 1.750201, 0.750497, 0.500591], [2.450246, 1.436858, 0.978976, 0.483947],
        [2.719175, 1.934713, 1.211047, 0.744093], [2.237329, 1.682550, 0.695248, 0.521180],
    ]  # fmt: skip
    density = [
        [1.250032, 1.300907, 1.400846, 1.500823], [1.200885, 1.250995, 1.350490, 1.450918],
        [1.300828, 1.350354, 1.450422, 1.550783], [1.412997, 1.319412, 1.409561, 1.503439],
        [1.357468, 1.268983, 1.359123, 1.453574], [1.470258, 1.369262, 1.459242, 1.553420],
    ]  # fmt: skip
    thick = np.array([10.0, 20, 20, 50])
    soil = [thick * np.array(d) * 100 for d in density]
    held = [m * np.array(c) / 100 for m, c in zip(soil, carbon, strict=True)]
    return soil[:3], held[:3], soil[3:], held[3:]

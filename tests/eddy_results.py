"""Results of towers made up by the columns that a run writes, with a truth that tests can check against."""

from __future__ import annotations

import numpy as np
import pandas as pd

CARBON = 12.011e-6
FLUXES = ("nee", "ch4_flux", "latent_heat_flux", "sensible_heat_flux")


def half_hours(
    tower: str = "A", start: str = "2021-01-01", days: int = 365, minutes: int = 30, seed: int = 1
) -> pd.DataFrame:
    """Steps of one tower: uptake by day in summer, gaps of every length, one of 20 days filled by the forest and one of
    70 days in the heat fluxes that stays empty."""
    rng = np.random.default_rng(seed)
    n = days * 1440 // minutes
    time = pd.date_range(start, periods=n, freq=f"{minutes}min")
    day, hour = time.day_of_year.to_numpy(), (time.hour + time.minute / 60).to_numpy() + minutes / 120
    season = np.sin(2 * np.pi * (day - 110) / 365)
    sun = np.maximum(0, np.sin(np.pi * (hour - 6) / 12)) * (0.6 + 0.4 * season)
    frame = pd.DataFrame({"tower": tower, "time": time})
    frame["potential_radiation"] = 1250 * sun
    frame["shortwave_radiation"] = 900 * sun * rng.beta(5, 2, n)
    frame["air_temperature"] = 9 + 11 * season + 5 * sun + rng.normal(0, 1.5, n)
    frame["friction_velocity"] = rng.gamma(4, 0.08, n) * (0.7 + 0.6 * (sun > 0))
    frame["wind_direction"] = (rng.normal(240, 60, n)) % 360
    reco = 2.2 * np.exp(0.055 * frame["air_temperature"])
    gpp = 26 * np.clip(season + 0.35, 0.05, None) * sun / (sun + 0.35)
    frame["net_radiation"] = 0.7 * frame["shortwave_radiation"] - 40
    frame["soil_heat_flux"] = 0.08 * frame["net_radiation"]
    available = frame["net_radiation"] - frame["soil_heat_flux"]
    truth = {
        "nee": reco - gpp,
        "ch4_flux": 18 + 30 * np.clip(season, 0, None),
        "latent_heat_flux": 0.8 * available * 0.55,
        "sensible_heat_flux": 0.8 * available * 0.45,
    }
    noise = {"nee": 1.2, "ch4_flux": 9.0, "latent_heat_flux": 15.0, "sensible_heat_flux": 15.0}
    step = np.arange(n)
    per_day = 1440 // minutes
    for field in FLUXES:
        sd = noise[field] * (0.5 + sun)
        kept = np.full(n, "", object)
        values = (
            truth[field].to_numpy() + rng.normal(0, 1, n) * sd
            if hasattr(truth[field], "to_numpy")
            else truth[field] + rng.normal(0, 1, n) * sd
        )
        low = (sun == 0) & (frame["friction_velocity"].to_numpy() < 0.2) & (field in ("nee", "ch4_flux"))
        kept[rng.random(n) < 0.05] = "quality_flag"
        kept[rng.random(n) < 0.01] = "spike"
        kept[low] = "low_turbulence"
        missing = rng.random(n) < 0.12
        long = (step >= 150 * per_day) & (step < 170 * per_day)
        missing |= long
        empty = (step >= 250 * per_day) & (step < 320 * per_day) & (field in ("latent_heat_flux", "sensible_heat_flux"))
        missing |= empty
        kept[missing] = ""
        measured = np.where(missing | (kept != ""), np.nan, values)
        source = np.where(np.isfinite(measured), "measured", np.where(long, "forest", "mds")).astype(object)
        source[empty] = "empty"
        filled = np.where(np.isfinite(measured), measured, truth[field])
        filled[empty] = np.nan
        frame[field] = measured
        frame[f"{field}_filled"] = filled
        frame[f"{field}_source"] = pd.Categorical(source, ["measured", "mds", "forest", "empty"])
        frame[f"{field}_sd"] = np.where(empty, np.nan, sd)
        frame[f"{field}_kept"] = kept
    frame["reco_night"], frame["gpp_night"] = reco, gpp
    frame["reco_day"], frame["gpp_day"] = 0.9 * reco, gpp - 0.1 * reco
    return frame


def sums(steps: pd.DataFrame) -> pd.DataFrame:
    """One row per tower, field and year; heat lacks the empty part."""
    rows = []
    for (tower, year), part in steps.groupby(["tower", steps["time"].dt.year]):
        seconds = int((part["time"].iloc[1] - part["time"].iloc[0]).total_seconds())
        water = part["latent_heat_flux_filled"] / 2.45e6
        found = {
            "nee": (part["nee_filled"] * CARBON, "g m-2", "nee"),
            **{f: (part[f] * CARBON, "g m-2", "nee") for f in ("gpp_night", "reco_night", "gpp_day", "reco_day")},
            "ch4_flux": (part["ch4_flux_filled"] * CARBON / 1000, "g m-2", "ch4_flux"),
            "latent_heat_flux": (part["latent_heat_flux_filled"] * 1e-6, "MJ m-2", "latent_heat_flux"),
            "sensible_heat_flux": (part["sensible_heat_flux_filled"] * 1e-6, "MJ m-2", "sensible_heat_flux"),
            "evapotranspiration": (water, "mm", "latent_heat_flux"),
        }
        for field, (rate, unit, of) in found.items():
            value = float(rate.sum() * seconds)
            sd = np.array([0.04, 0.012, 0.03]) * max(abs(value), 1e-6)
            half = 1.96 * float(np.sqrt((sd**2).sum()))
            share = part[f"{of}_source"].value_counts(normalize=True)
            whole = bool(share.get("empty", 0.0) == 0)
            rows.append({
                "tower": tower, "field": field, "year": int(year), "value": value, "low": value - half,
                "high": value + half, "unit": unit, "sd_threshold": sd[0] if of != "latent_heat_flux" else 0.0,
                "sd_random": sd[1], "sd_filling": sd[2],
                **{f"{s}_share": float(share.get(s, 0.0)) for s in ("measured", "mds", "forest", "empty")},
                "complete": whole, "reason": "" if whole else "gap_too_long",
            })  # fmt: skip
    return pd.DataFrame(rows)


def ustar(towers: list[str], years: list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Thresholds and the means behind them; winter has too few records and no threshold."""
    rows, curves = [], []
    for tower in towers:
        for year in years:
            seasons = [f"{year - 1}-12", f"{year}-03", f"{year}-06", f"{year}-09"]
            for k, season in enumerate([*seasons, ""]):
                value = np.nan if k == 0 else 0.18 + 0.02 * k
                fixed = {"tower": tower, "year": year, "season": season}
                rows.append(fixed | {
                    "method": "moving_point", "seasons": "continuous", "threshold": value, "low": value * 0.8,
                    "median": value * 1.02, "high": value * 1.3, "records": 120 if k == 0 else 1900,
                    "reason": "too_few_records" if k == 0 else "",
                })  # fmt: skip
                if not season:
                    continue
                for c in range(1, 7):
                    for u in np.linspace(0.05, 0.7, 20):
                        level = 1.5 + 0.5 * c + 0.4 * k
                        nee = level * min(1.0, 0.45 + 0.55 * u / 0.22)
                        curves.append(
                            fixed | {"temperature_class": c, "friction_velocity": u, "nee": nee, "threshold": value}
                        )
    return pd.DataFrame(rows), pd.DataFrame(curves)


def gaps(steps: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for tower, part in steps.groupby("tower"):
        part = part.reset_index(drop=True)
        seconds = int((part["time"].iloc[1] - part["time"].iloc[0]).total_seconds())
        for field in FLUXES:
            source = part[f"{field}_source"].astype(str).to_numpy()
            none = source != "measured"
            edges = np.flatnonzero(np.diff(np.concatenate([[0], none.astype(int), [0]])))
            for a, b in zip(edges[::2], edges[1::2], strict=True):
                by = set(source[a:b])
                one = "empty" if "empty" in by else "mixed" if len(by) > 1 else by.pop()
                rows.append({
                    "tower": tower, "field": field, "start": part["time"][a], "end": part["time"][b - 1],
                    "steps": b - a,
                    "days": (b - a) * seconds / 86_400, "filled_by": one,
                    "reason": "gap_too_long" if one == "empty" else "",
                })  # fmt: skip
    return pd.DataFrame(rows)


def scores(towers: list[str]) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "tower": tower, "field": field, "gap_days": days, "model": model, "rmse": rmse,
            "mae": 0.7 * rmse, "bias": 0.05,
            "bias_low": -0.1, "bias_high": 0.2, "r2": 0.8, "coverage": 0.94, "records": 5000, "gaps": 20,
        }
        for tower in towers for field in ("nee", "ch4_flux") for days in (7, 14)
        for model, rmse in (("mds", 2.5), ("forest", 2.0))
    ])  # fmt: skip


def energy(towers: list[str], years: list[int]) -> pd.DataFrame:
    rows = []
    for tower in towers:
        for period, year in [("all", 0), *(("year", y) for y in years)]:
            rows.append({
                "tower": tower, "period": period, "year": year, "season": "", "slope": 0.8, "slope_low": 0.77,
                "slope_high": 0.83, "intercept": 0.5, "ratio": 0.79, "ratio_low": 0.75, "ratio_high": 0.84, "r2": 0.93,
                "records": 9000, "reason": "",
            })  # fmt: skip
    return pd.DataFrame(rows)


def footprints(towers: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Distances and a grid whose source lies to the south-west, farther off at night."""
    table, grid = [], []
    axis = np.arange(-400.0, 401.0, 8.0)
    x, y = (g.ravel() for g in np.meshgrid(axis, axis))
    for tower in towers:
        for period, far in (("all", 1.0), ("day", 0.8), ("night", 1.5)):
            along, across = (
                -(x * np.sin(np.deg2rad(240)) * -1 + y * np.cos(np.deg2rad(240)) * -1),
                x * np.cos(np.deg2rad(240)) - y * np.sin(np.deg2rad(240)),
            )
            reach = np.where(along > 1, along, np.nan)
            weight = np.nan_to_num(np.exp(-60 * far / reach) / reach**2 * np.exp(-((across / (0.6 * reach)) ** 2)))
            weight /= weight.sum() * 64
            order = np.argsort(-weight)
            gathered = np.empty(len(weight))
            gathered[order] = np.cumsum(weight[order]) * 64
            level = np.ceil(gathered * 10) / 10
            part = pd.DataFrame({"tower": tower, "period": period, "x": x, "y": y, "weight": weight, "level": level})
            grid.append(part[part["level"] <= 0.9])
            table.append({
                "tower": tower, "period": period, "peak_distance": 40.0 * far, "r50": 90.0 * far, "r70": 150.0 * far,
                "r80": 210.0 * far, "r90": 330.0 * far, "share_inside_fetch": 0.8 / far, "records": 8000, "reason": "",
            })  # fmt: skip
    return pd.DataFrame(table), pd.concat(grid, ignore_index=True)


def frames(years: int = 1, towers: tuple[str, ...] = ("A",), minutes: int = 30) -> dict[str, pd.DataFrame]:
    """All frames of a run, by the names under which a report asks for them."""
    days = int((pd.Timestamp(2021 + years, 1, 1) - pd.Timestamp(2021, 1, 1)).days)
    steps = pd.concat(
        [half_hours(t, days=days, minutes=minutes, seed=i) for i, t in enumerate(towers)], ignore_index=True
    )
    found = list(range(2021, 2021 + years))
    thresholds, curves = ustar(list(towers), found)
    distances, grid = footprints(list(towers))
    return {
        "eddy/half_hours": steps, "eddy/sums": sums(steps), "eddy/ustar": thresholds, "eddy/ustar_curves": curves,
        "eddy/gaps": gaps(steps), "eddy/scores": scores(list(towers)),
        "eddy/energy_balance": energy(list(towers), found),
        "eddy/footprint": distances, "eddy/footprint_grid": grid,
    }  # fmt: skip

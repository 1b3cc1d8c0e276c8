"""Write the tower study: half-hours of fluxes, ten-minute weather, truth."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter

from halosink.eddy.sun import potential_radiation

Array = NDArray[np.float64]
LATITUDE, LONGITUDE, CLOCK = 37.76, 118.99, 8.0
YEAR, PER_DAY = "2023", 48
CARBON = 12.011e-6 * 1800  # g C m-2 in a half-hour of 1 umol m-2 s-1
# own choice: a reed marsh of the Yellow River Delta, photosynthesis and respiration in umol m-2 s-1 at 15 degC
MOST, LIGHT_USE, RESPIRATION, Q10 = 30.0, 0.07, 2.4, 2.0
CALM = 0.11  # m s-1, friction velocity at which 63 % of the night flux arrives
CLOSURE = 0.84  # share of the available energy that the turbulent fluxes find, as towers do
LONG = ((62, 11.0), (201, 21.0), (290, 6.5))  # day of the year and length in days of long gaps


def generate(folder: Path, seed: int) -> None:
    """Write study.toml, data/* and truth.json into the folder (made if it is not there); same seed, same bytes."""
    rng = np.random.default_rng([seed, 11])
    time = pd.date_range(f"{YEAR}-01-01", f"{int(YEAR) + 1}-01-01", freq="30min", inclusive="left", unit="s")
    weather = _weather(time, rng)
    truth = _exchange(weather, rng)
    tower = _measured(time, weather, truth, rng)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    end = (time + pd.Timedelta(minutes=30)).strftime("%Y-%m-%d %H:%M")
    tower.insert(0, "time", end)
    (data / "tower.csv").write_bytes(tower.to_csv(index=False, lineterminator="\n").encode())
    (data / "weather.csv").write_bytes(_station(time, weather, rng).to_csv(index=False, lineterminator="\n").encode())
    sums = {"nee": float(truth["nee"].sum() * CARBON), "reco": float(truth["reco"].sum() * CARBON)}
    told = {"synthetic": True, "year": int(YEAR), "sums_g_C_m-2": {k: round(v, 3) for k, v in sums.items()}}
    (folder / "truth.json").write_bytes(json.dumps(told, indent=1).encode())
    form = (resources.files("halosink.samples") / "tower" / "study.toml").read_bytes()
    (folder / "study.toml").write_bytes(form.replace(b"seed = 1\n", f"seed = {seed}\n".encode()))


def _memory(rng: np.random.Generator, n: int, hours: float) -> Array:
    """Standard normal noise that forgets within so many hours."""
    kept = np.exp(-0.5 / hours)
    return np.asarray(lfilter([np.sqrt(1 - kept**2)], [1, -kept], rng.normal(size=n), zi=[kept * rng.normal()])[0])


def _weather(time: pd.DatetimeIndex, rng: np.random.Generator) -> dict[str, Array]:
    n = len(time)
    middle = time + pd.Timedelta(minutes=15)
    hour = middle.hour.to_numpy() + middle.minute.to_numpy() / 60
    season = 2 * np.pi * (np.arange(n) / PER_DAY - 196) / 365
    potential = potential_radiation(middle.to_numpy().astype("datetime64[s]"), LATITUDE, LONGITUDE, CLOCK)
    clear = 1 / (1 + np.exp(-(0.5 + 1.2 * _memory(rng, n, 30) + 0.7 * _memory(rng, n, 2))))
    light = potential * (0.12 + 0.62 * clear)
    front = 3.0 * _memory(rng, n, 80)
    air = 13 + 14.5 * np.cos(season) + front + (1.5 + light / 160) * np.cos((hour - 15) * np.pi / 12)
    air = air + 0.3 * _memory(rng, n, 3)
    dew = 8 + 15 * np.cos(season) + 0.7 * front - 2.5 + 1.2 * _memory(rng, n, 40)
    dew = np.minimum(dew, air - 0.1)
    wind = 3.2 * np.exp(0.45 * _memory(rng, n, 20) + 0.3 * _memory(rng, n, 2)) * (0.7 + 0.5 * np.sqrt(light / 800))
    return {
        "light": light,
        "air": air,
        "soil": pd.Series(air).ewm(halflife=36).mean().to_numpy(),
        "deficit": _saturation(air) - _saturation(dew),
        "humidity": 100 * _saturation(dew) / _saturation(air),
        "wind": wind,
        "direction": (140 + 60 * _memory(rng, n, 60) + 25 * _memory(rng, n, 1)) % 360,
        "friction": 0.105 * wind * np.exp(0.12 * _memory(rng, n, 1)),
        "season": np.cos(season),
    }


def _saturation(temperature: Array) -> Array:
    """kPa over water (magnus form)."""
    return np.asarray(0.6108 * np.exp(17.27 * temperature / (temperature + 237.3)))


def _exchange(w: dict[str, Array], rng: np.random.Generator) -> dict[str, Array]:
    n = len(w["air"])
    leaf = 1 / (1 + np.exp(-(w["season"] + 0.05) * 6)) * np.exp(0.06 * _memory(rng, n, 400))
    full = MOST * leaf * np.exp(-(((w["air"] - 26) / 15) ** 2)) / (1 + w["deficit"] / 4)
    gross = LIGHT_USE * w["light"] * full / (LIGHT_USE * w["light"] + full + 1e-9)
    gross = gross * np.exp(0.07 * _memory(rng, n, 30) - 0.003)
    reco = RESPIRATION * (0.55 + 0.45 * leaf) * Q10 ** ((w["soil"] - 15) / 10) * np.exp(0.08 * _memory(rng, n, 200))
    available = 0.72 * w["light"] - 45 + 9 * _memory(rng, n, 6)
    soil_heat = 0.12 * available + 6 * w["season"]
    wet = (0.35 + 0.35 * leaf) * np.exp(0.08 * _memory(rng, n, 50))
    turbulent = CLOSURE * (available - soil_heat)
    day = available > 0
    return {
        "nee": reco - gross,
        "reco": reco,
        "radiation": available,
        "ground": soil_heat,
        "latent": np.where(day, wet, 0.25) * turbulent,
        "sensible": np.where(day, 1 - wet, 0.75) * turbulent,
    }


def _measured(
    time: pd.DatetimeIndex, w: dict[str, Array], truth: dict[str, Array], rng: np.random.Generator
) -> pd.DataFrame:
    n, dark = len(time), w["light"] < 10
    arrives = np.where(dark, -np.expm1(-((w["friction"] / CALM) ** 2)), 1.0)
    heard = np.where(dark, truth["reco"] * arrives, truth["nee"])
    noise = {"nee": 0.35 + 0.12 * np.abs(heard), "latent": 6 + 0.10 * np.abs(truth["latent"]),
             "sensible": 5 + 0.10 * np.abs(truth["sensible"])}  # fmt: skip
    flux = {k: (heard if k == "nee" else truth[k]) + rng.laplace(size=n) * s / np.sqrt(2) for k, s in noise.items()}
    gone = _gaps(n, dark, rng)
    quality = {k: np.where(rng.random(n) < 0.05 + 0.12 * dark, 2, np.where(rng.random(n) < 0.3, 1, 0)) for k in flux}
    for k, flag in quality.items():
        worse = flag == 2
        flux[k] = np.where(gone, np.nan, flux[k] + worse * rng.laplace(size=n) * 3 * noise[k])
    heat = np.where(np.abs(truth["sensible"]) < 3, 3.0, truth["sensible"])
    obukhov = -(w["friction"] ** 3) * 1.2 * 1005 * (w["air"] + 273.15) / (0.41 * 9.81 * heat)
    friction = np.where(gone, np.nan, w["friction"])
    frame = {
        "NEE": (flux["nee"], 3),
        "qc_NEE": (quality["nee"], 0),
        "LE": (flux["latent"], 2),
        "qc_LE": (quality["latent"], 0),
        "H": (flux["sensible"], 2),
        "qc_H": (quality["sensible"], 0),
        "USTAR": (friction, 3),
        "MO_LENGTH": (np.where(gone, np.nan, np.clip(obukhov, -5000, 5000)), 2),
        "V_SIGMA": (2.1 * friction, 3),
        "WS": (w["wind"], 2),
        "WD": (w["direction"], 1),
        "NETRAD": (truth["radiation"], 2),
        "G": (truth["ground"], 2),
        "气温": (w["air"], 2),
        "VPD": (10 * w["deficit"], 2),
    }
    return pd.DataFrame({k: np.round(v.astype(float), d) for k, (v, d) in frame.items()})


def _gaps(n: int, dark: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    gone = (rng.random(n) < 0.06) | (dark & (_memory(rng, n, 8) > 1.3))
    for day, length in LONG:
        gone[day * PER_DAY : int((day + length) * PER_DAY)] = True
    for _ in range(25):
        first = int(rng.integers(0, n))
        gone[first : first + int(rng.integers(6, 72))] = True
    return gone


def _station(time: pd.DatetimeIndex, w: dict[str, Array], rng: np.random.Generator) -> pd.DataFrame:
    """Radiation, humidity and soil temperature every ten minutes."""
    fine = np.arange(3 * len(time)) / 3
    whole = np.arange(len(time)) + 1 / 3
    end = (time[0] + pd.to_timedelta(10 * (np.arange(len(fine)) + 1), unit="min")).strftime("%Y-%m-%d %H:%M")
    light = np.maximum(np.interp(fine, whole, w["light"]) * np.exp(0.03 * rng.normal(size=len(fine))), 0)
    return pd.DataFrame({
        "time": end,
        "SW_IN (W m-2)": np.round(np.where(light < 0.5, 0, light), 1),
        "RH (%)": np.round(np.interp(fine, whole, w["humidity"]), 1),
        "TS (degC)": np.round(np.interp(fine, whole, w["soil"]), 2),
    })  # fmt: skip

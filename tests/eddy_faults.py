"""A synthetic tower, and the faults that checks must find: each changes a table and names the check and the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from halosink.eddy.options import Options
from halosink.eddy.steps import Steps
from halosink.eddy.sun import potential_radiation

PLACE = Options(latitude=37.6, longitude=118.9, utc_offset=8.0, measurement_height=4.0)


def tower(days: int = 365, minutes: int = 30, start: str = "2021-01-01", place: Options = PLACE) -> pd.DataFrame:
    """A grassland year without faults: every column that a check can look at."""
    rng = np.random.default_rng(5)
    n = days * 1440 // minutes
    time = pd.date_range(start, periods=n, freq=f"{minutes}min", unit="s")
    steps = Steps.of(time.to_numpy())
    assert place.latitude is not None and place.longitude is not None and place.utc_offset is not None
    sun = potential_radiation(steps, place.latitude, place.longitude, place.utc_offset)
    clear = np.repeat(rng.uniform(0.3, 0.75, days), n // days)
    light = sun * np.clip(clear + rng.normal(0, 0.08, n), 0.1, 0.8)
    season = -np.cos(2 * np.pi * (steps.day_of_year - 15) / 365) * np.sign(place.latitude)
    air = 12 + 13 * season + 5 * np.sin(2 * np.pi * (steps.hour - 9) / 24) + _slow(rng, n, 2.0)
    humidity = np.clip(70 - 15 * np.sin(2 * np.pi * (steps.hour - 9) / 24) + _slow(rng, n, 8.0), 15, 97)
    held = 0.61094 * np.exp(17.625 * air / (243.04 + air))
    wind = np.abs(2.5 + np.sin(2 * np.pi * (steps.hour - 9) / 24) + _slow(rng, n, 1.0)) + 0.2
    green = np.clip(season, 0, 1)
    respired = 1.5 * np.exp(0.06 * (air - 10))
    nee = respired - green * 25 * light / (light + 350) + rng.normal(0, 0.6, n)
    net = 0.75 * light - 45 + rng.normal(0, 8, n)
    ground = 0.1 * net + rng.normal(0, 3, n)
    heat = np.maximum(net - ground, -30) * 0.8
    share = 0.35 + 0.3 * green
    return pd.DataFrame(
        {
            "time": time,
            "nee": nee,
            "nee_quality": rng.choice([0.0, 1.0, 2.0], n, p=[0.6, 0.25, 0.15]),
            "co2_flux_random_error": 0.6 + 0.05 * np.abs(nee),
            "latent_heat_flux": heat * share + rng.normal(0, 8, n),
            "sensible_heat_flux": heat * (1 - share) + rng.normal(0, 8, n),
            "soil_heat_flux": ground,
            "net_radiation": net,
            "shortwave_radiation": light + rng.normal(-1, 0.5, n),
            "air_temperature": air,
            "sonic_temperature": air + 1 + rng.normal(0, 0.3, n),
            "soil_temperature": 12 + 10 * season + _slow(rng, n, 1.0),
            "relative_humidity": humidity,
            "vapour_pressure_deficit": held * (1 - humidity / 100),
            "friction_velocity": np.clip(0.12 * wind + rng.normal(0, 0.03, n), 0.01, 0.9 * wind),
            "wind_speed": wind,
            "air_pressure": 101 + _slow(rng, n, 0.6),
            "precipitation": np.where(rng.random(n) < 0.03, rng.exponential(1.0, n), 0.0),
        }
    )


def _slow(rng: np.random.Generator, n: int, sd: float) -> np.ndarray:
    """Weather: noise with a memory of half a day."""
    noise = np.convolve(rng.normal(0, 1, n + 200), np.exp(-np.arange(200) / 40), "valid")[:n]
    return sd * noise / noise.std() + rng.normal(0, 0.02 * sd, n)


Change = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Fault:
    """change: of the table; options: settings that it needs; results: other tables that the check looks at."""

    name: str
    check: str
    code: str
    change: Change
    needs: tuple[str, ...] = ()
    options: dict[str, object] = field(default_factory=dict)
    results: Callable[[], dict[str, pd.DataFrame]] = dict

    def place(self, options: Options) -> Options:
        return replace(options, **self.options)  # type: ignore[arg-type]


def times(column: str, factor: float, add: float = 0.0) -> Change:
    return lambda t: t.assign(**{column: t[column] * factor + add})


def shift(hours: float) -> Change:
    return lambda t: t.assign(time=t["time"] + pd.Timedelta(hours=hours))


def put(column: str, value: float, share: float) -> Change:
    """A value in an evenly spread share of the records."""

    def change(t: pd.DataFrame) -> pd.DataFrame:
        values = t[column].to_numpy(float).copy()
        values[:: round(1 / share)] = value
        return t.assign(**{column: values})

    return change


def stretch(column: str, value: float | None, days: float, begin: float = 0.45) -> Change:
    """One value, or the first one, for some days in a row."""

    def change(t: pd.DataFrame) -> pd.DataFrame:
        values = t[column].to_numpy(float).copy()
        step = (t["time"].iloc[1] - t["time"].iloc[0]).total_seconds()
        first = int(begin * len(t))
        part = slice(first, first + int(days * 86_400 / step))
        values[part] = np.nanmedian(values[part]) + 0.013 if value is None else value
        return t.assign(**{column: values})

    return change


def daylight_saving(t: pd.DataFrame) -> pd.DataFrame:
    """Values of the summer stand one hour later, as a clock of summer time writes them."""
    month = t["time"].dt.month
    summer = ((month >= 4) & (month <= 10)).to_numpy()
    step = int((t["time"].iloc[1] - t["time"].iloc[0]).total_seconds())
    moved = t.drop(columns="time").shift(3600 // step)
    found = t.copy()
    for column in moved:
        found[column] = np.where(summer, moved[column], t[column])
    return found


def night_lamp(t: pd.DataFrame) -> pd.DataFrame:
    light = t["shortwave_radiation"]
    return t.assign(shortwave_radiation=np.where(light < 5, light + 40, light))


def night_sink(t: pd.DataFrame) -> pd.DataFrame:
    """A soil that takes up CO2 at night in two of three half-hours."""
    dark = (t["shortwave_radiation"] < 10).to_numpy()
    some = dark & (np.arange(len(t)) % 3 > 0)
    return t.assign(nee=np.where(some, -0.3 - 0.1 * np.abs(t["nee"]), t["nee"]))


def wet_sensor(t: pd.DataFrame) -> pd.DataFrame:
    other = t["relative_humidity"].to_numpy(float)[::-1]
    return t.assign(relative_humidity=other)


def no_night(t: pd.DataFrame) -> pd.DataFrame:
    dark = (t["shortwave_radiation"] < 10).to_numpy() & (np.arange(len(t)) % 12 > 0)
    return t.assign(nee=np.where(dark, np.nan, t["nee"]))


def week_again(t: pd.DataFrame) -> pd.DataFrame:
    """The friction velocity of the week after that in the middle of the table is that of the week before."""
    values = t["friction_velocity"].to_numpy(float).copy()
    week, middle = 7 * 48, len(t) // 2
    values[middle : middle + week] = values[middle - week : middle]
    return t.assign(friction_velocity=values)


def without(*columns: str) -> Change:
    return lambda t: t.drop(columns=[c for c in columns if c in t])


def one_row(**values: object) -> pd.DataFrame:
    return pd.DataFrame({k: [v] for k, v in values.items()})


def same(t: pd.DataFrame) -> pd.DataFrame:
    return t


def _saturated(t: pd.DataFrame) -> pd.DataFrame:
    return times("vapour_pressure_deficit", 10)(without("relative_humidity")(t))


FAULTS = (
    Fault("deficit in hPa", "vpd_unit", "E-EDDY-VPD-UNIT", times("vapour_pressure_deficit", 10)),
    Fault("deficit in Pa", "vpd_unit", "E-EDDY-VPD-UNIT", times("vapour_pressure_deficit", 1000)),
    Fault("kPa called hPa", "vpd_unit", "E-EDDY-VPD-CALLED", times("vapour_pressure_deficit", 0.1)),
    Fault("deficit in hPa, no humidity", "vpd_unit", "E-EDDY-VPD-SATURATED", _saturated),
    Fault("humidity of another time", "humidity_agreement", "W-EDDY-HUMIDITY", wet_sensor),
    Fault("humidity as a fraction", "humidity_range", "E-EDDY-HUMIDITY-FRACTION", times("relative_humidity", 0.01)),
    Fault("humidity of 120 %", "humidity_range", "W-EDDY-HUMIDITY-RANGE", put("relative_humidity", 120, 0.05)),
    Fault("pressure in hPa", "pressure_unit", "E-EDDY-PRESSURE-UNIT", times("air_pressure", 10), ("air_pressure",)),
    Fault("pressure in Pa", "pressure_unit", "E-EDDY-PRESSURE-UNIT", times("air_pressure", 1000), ("air_pressure",)),
    Fault("air in kelvin", "temperature_unit", "E-EDDY-TEMPERATURE-UNIT", times("air_temperature", 1, 273.15)),
    Fault("air in Fahrenheit", "temperature_unit", "E-EDDY-TEMPERATURE-UNIT", times("air_temperature", 1.8, 32)),
    Fault("soil in Fahrenheit", "temperature_unit", "E-EDDY-TEMPERATURE-UNIT", times("soil_temperature", 1.8, 32)),
    Fault("-9999 left in", "missing_codes", "E-EDDY-MISSING-CODE", put("nee", -9999, 0.001)),
    Fault("-6999 left in", "missing_codes", "E-EDDY-MISSING-CODE", put("air_temperature", -6999, 0.001)),
    Fault("NEE stuck for a day", "repeated_values", "W-EDDY-REPEATED", stretch("nee", None, 1)),
    Fault("temperature stuck", "repeated_values", "W-EDDY-REPEATED", stretch("air_temperature", None, 2)),
    Fault("a week read twice", "copied_values", "W-EDDY-COPIED", week_again),
    Fault("stamps of the end", "clock_shift", "W-EDDY-CLOCK", shift(0.5)),
    Fault("stamps an hour behind", "clock_shift", "W-EDDY-CLOCK", shift(-1)),
    Fault("stamps in UTC", "clock_shift", "E-EDDY-CLOCK", shift(-8)),
    Fault("daylight saving time", "clock_jump", "W-EDDY-CLOCK-JUMP", daylight_saving),
    Fault("radiometer that shows zero", "dark_by_day", "E-EDDY-DARK-DAY", times("shortwave_radiation", 0)),
    Fault("lamp at night", "light_at_night", "W-EDDY-NIGHT-LIGHT", night_lamp),
    Fault("radiation half too strong", "light_above_sun", "W-EDDY-LIGHT-HIGH", times("shortwave_radiation", 1.6)),
    Fault("photons as watts", "light_above_sun", "E-EDDY-LIGHT-UNIT", times("shortwave_radiation", 2.1)),
    Fault("few nights", "ustar_records", "W-EDDY-USTAR-FEW", no_night),
    Fault("u* constant", "ustar_course", "E-EDDY-USTAR-CONSTANT", stretch("friction_velocity", 0.3, 4000, 0)),
    Fault("u* is the wind", "ustar_course", "W-EDDY-USTAR-RANGE", times("friction_velocity", 10)),
    Fault("gap of 80 days", "long_gaps", "W-EDDY-LONG-GAP", stretch("nee", np.nan, 80)),
    Fault(
        "closure of a half",
        "closure",
        "W-EDDY-CLOSURE",
        same,
        results=lambda: {"energy": one_row(period="year", year="2021", slope=0.45)},
    ),
    Fault(
        "fetch too short",
        "fetch",
        "W-EDDY-FETCH",
        same,
        results=lambda: {"footprint": one_row(period="day", share_inside_fetch=0.4)},
    ),
    Fault("uptake positive", "nee_sign", "E-EDDY-NEE-SIGN", times("nee", -1)),
    Fault("NEE in mg CO2", "nee_unit", "W-EDDY-NEE-UNIT", times("nee", 0.044009)),
    Fault("NEE in g C per half-hour", "nee_unit", "W-EDDY-NEE-UNIT", times("nee", 12.011e-6 * 1800)),
    Fault("NEE in nmol", "nee_unit", "E-EDDY-NEE-SIZE", times("nee", 1000)),
    Fault("soil that takes up CO2", "night_uptake", "N-EDDY-DARK-UPTAKE", night_sink),
    Fault(
        "flags mostly bad",
        "bad_flags",
        "W-EDDY-BAD-FLAGS",
        lambda t: t.assign(nee_quality=np.arange(len(t)) % 3.0 + (np.arange(len(t)) % 3 == 1)),
    ),
    Fault(
        "mostly missing",
        "measured_share",
        "W-EDDY-FEW-MEASURED",
        lambda t: t.assign(nee=t["nee"].where(np.arange(len(t)) % 10 == 0)),
    ),
    Fault(
        "no radiation for months", "driver_gaps", "W-EDDY-DRIVER-GAPS", stretch("vapour_pressure_deficit", np.nan, 60)
    ),
    Fault(
        "sonic path wrong",
        "sonic_temperature",
        "W-EDDY-SONIC",
        times("sonic_temperature", 1, 12),
        ("sonic_temperature",),
    ),
    Fault("tall tower", "storage_term", "W-EDDY-NO-STORAGE", same, options={"measurement_height": 42.0}),
    Fault("LE in mm per hour", "heat_unit", "E-EDDY-HEAT-UNIT", times("latent_heat_flux", 1 / 680)),
    Fault("H in MJ per day", "heat_unit", "E-EDDY-HEAT-UNIT", times("sensible_heat_flux", 0.0864 / 24)),
    Fault("LE too large", "heat_unit", "E-EDDY-HEAT-SIZE", times("latent_heat_flux", 10)),
    Fault("H turned", "heat_sign", "W-EDDY-HEAT-SIGN", times("sensible_heat_flux", -1)),
    Fault(
        "random error too large", "random_error", "W-EDDY-RANDOM-ERROR", lambda t: t.assign(co2_flux_random_error=30.0)
    ),
    Fault("a year without its autumn", "whole_years", "N-EDDY-PART-YEAR", lambda t: t.iloc[: round(0.7 * len(t))]),
    Fault("negative rain", "precipitation_range", "W-EDDY-RAIN", put("precipitation", -1, 0.01), ("precipitation",)),
    Fault(
        "running total of rain",
        "precipitation_range",
        "W-EDDY-RAIN-SUM",
        lambda t: t.assign(precipitation=np.minimum(t["precipitation"].cumsum(), 150)),
        ("precipitation",),
    ),
)

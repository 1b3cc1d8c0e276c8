"""Figures of eddy covariance: what is drawn is what was given, in both languages, light and without a network."""

from __future__ import annotations

import base64
import math
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pandas as pd
import pytest

from halosink.contracts import LANGUAGES, Language
from halosink.figures import (
    eddy_cumulative,
    eddy_diel,
    eddy_energy,
    eddy_fingerprint,
    eddy_footprint,
    eddy_gap,
    eddy_image,
    eddy_series,
    eddy_sheet,
    eddy_split,
    eddy_sums,
    eddy_ustar,
)
from halosink.figures.canvas import Figure


def pixels(address: str) -> np.ndarray:
    """The palette places of a PNG, by the standard: one filter byte per row, none used."""
    raw = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    at, body, head = 8, b"", b""
    while at < len(raw):
        size, kind = struct.unpack(">I4s", raw[at : at + 8])
        chunk = raw[at + 8 : at + 8 + size]
        (crc,) = struct.unpack(">I", raw[at + 8 + size : at + 12 + size])
        assert crc == zlib.crc32(kind + chunk)
        head = chunk if kind == b"IHDR" else head
        body += chunk if kind == b"IDAT" else b""
        at += 12 + size
    wide, high, bits, colour = struct.unpack(">IIBB", head[:10])
    assert colour == 3
    long = 1 + (wide * bits + 7) // 8
    rows = np.frombuffer(zlib.decompress(body), np.uint8).reshape(high, long)[:, 1:]
    if bits == 4:
        rows = np.stack([rows >> 4, rows & 15], axis=2).reshape(high, -1)
    return rows[:, :wide]


@pytest.mark.parametrize(("colours", "shape"), [(12, (7, 5)), (12, (3, 48)), (40, (4, 9))])
def test_a_picture_holds_its_cells(colours: int, shape: tuple[int, int]) -> None:
    cells = np.random.default_rng(0).integers(-1, colours, shape)
    palette = [f"#{i:06x}" for i in range(colours)]
    found = pixels(eddy_image.address(cells, palette))
    assert (found == np.where(cells < 0, colours, cells)).all()


def test_a_palette_has_an_end() -> None:
    with pytest.raises(ValueError, match="255"):
        eddy_image.address(np.zeros((1, 1), int), ["#000000"] * 256)


def test_classes_lie_between_their_edges_and_the_outermost_take_what_is_beyond() -> None:
    found = eddy_image.classes(np.array([-9.0, -1.0, 0.0, 0.999, 1.0, 9.0, np.nan]), [-1, 0, 1, 2])
    assert found.tolist() == [0, 0, 1, 1, 2, 2, -1]


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-23.1, 8.2), (1e-4, 3e-4), (-700, 12), (0.2, 0.21)])
def test_ticks_are_round_inside_and_few(low: float, high: float) -> None:
    found = eddy_sheet.ticks(low, high)
    assert 2 <= len(found) <= 11 and low - 1e-9 <= found[0] and found[-1] <= high * (1 + 1e-9) + 1e-12
    steps = np.diff(found)
    assert np.allclose(steps, steps[0])
    mantissa = steps[0] / 10 ** math.floor(math.log10(steps[0]) + 1e-9)
    assert min(abs(mantissa - m) for m in (1, 2, 5, 10)) < 1e-6
    assert len(set(eddy_sheet.labels(found, "en"))) == len(found)


def test_lines_and_areas_break_where_a_value_is_missing() -> None:
    sheet = eddy_sheet.Sheet(50)
    sheet.line([0, 1, 2, 3, 4], [1, 2, np.nan, 4, 5], "#000000")
    sheet.area([0, 1, 2], [0, np.nan, 0], [1, 1, 1], "#111111")
    svg = sheet.draw("a < b")
    path = re.search(r'<path d="([^"]*)" fill="none" stroke="#000000"', svg)
    assert path is not None and path[1] == "M0 1L1 2M3 4L4 5"
    assert "a &lt; b" in svg
    ElementTree.fromstring(svg)


def test_a_stepped_area_holds_each_value_up_to_the_next_place() -> None:
    sheet = eddy_sheet.Sheet(50)
    sheet.area([0, 10, 20], [0, 0, 0], [5, 8, 8], "#111111", 1.0, step=True)
    assert "M0 0L10 0L10 0L20 0L20 0L20 8L20 8L10 8L10 5L0 5Z" in sheet.draw("x")


def test_values_and_places_map_onto_each_other() -> None:
    panel = eddy_sheet.Panel(50, 10, 100, 200, 0, 10, -5, 5)
    assert panel.x([0, 5, 10]).tolist() == [50, 100, 150]
    assert panel.y([5, 0, -5]).tolist() == [10, 110, 210]


def year(minutes: int = 30) -> pd.DataFrame:
    time = pd.date_range("2021-01-01", "2022-01-01", freq=f"{minutes}min", inclusive="left")
    value = -10.0 * np.sin(np.arange(len(time)) / 700) + 2
    frame = pd.DataFrame({"time": time, "filled": value, "measured": value, "source": "measured", "sd": 1.0})
    gap = slice(len(time) // 3, len(time) // 3 + 10 * 1440 // minutes)
    frame.loc[frame.index[gap], "measured"] = np.nan
    frame.loc[frame.index[gap], "source"] = "forest"
    return frame


def daily() -> pd.DataFrame:
    days = pd.date_range("2021-01-01", periods=365)
    frame = pd.DataFrame({"day": days, "value": np.linspace(-3, 3, 365), "measured": 0.7, "mds": 0.2, "forest": 0.1})
    return frame.assign(empty=0.0, sum=np.linspace(0, -300, 365), low=np.linspace(0, -350, 365), high=0.0)


def figures(language: Language) -> dict[str, Figure]:
    steps, days = year(), daily()
    course = eddy_diel.course(steps["time"], steps[["filled", "measured"]], "filled")
    split = eddy_diel.course(steps["time"], pd.DataFrame({"gpp_night": steps["filled"], "reco_day": 2.0}))
    curves = pd.DataFrame({
        "temperature_class": np.repeat([1, 2], 5), "friction_velocity": np.tile(np.linspace(0.1, 0.5, 5), 2),
        "nee": np.linspace(1, 4, 10), "threshold": 0.2,
    })  # fmt: skip
    seasons = [
        eddy_ustar.Season("2021-03", curves, 0.2, 0.15, 0.3),
        eddy_ustar.Season("2021-06", curves, math.nan, math.nan, math.nan, "too few"),
    ]
    rng = np.random.default_rng(1)
    available = pd.Series(rng.uniform(-80, 500, 900))
    axis = np.arange(-100.0, 101.0, 10.0)
    x, y = (g.ravel() for g in np.meshgrid(axis, axis))
    grid = pd.DataFrame({"x": x, "y": y, "level": np.clip(np.ceil(np.hypot(x, y) / 15) / 10, 0.1, 1.0)})
    start = pd.Timestamp("2021-05-02")
    return {
        "series": eddy_series.draw(days, "nee", "", language),
        "gap": eddy_gap.draw(steps[5000:7000], "nee", start, start + pd.Timedelta(days=10), "", "95", 1.96, language),
        "cumulative": eddy_cumulative.draw(days, "nee", "g C m⁻²", "", "95", language),
        "fingerprint": eddy_fingerprint.draw(steps, "nee", 2021, "", language),
        "diel": eddy_diel.draw(course, ["filled", "measured"], "nee", "", language, "filled"),
        "parts": eddy_diel.draw(split, ["gpp_night", "reco_day"], "nee", "", language),
        "ustar": eddy_ustar.draw(seasons, "", "95", language),
        "energy": eddy_energy.draw(
            available, 0.8 * available, eddy_energy.Line(0.8, 0.75, 0.85, 1.0), ["slope"], "", "95", language
        ),
        "footprint": eddy_footprint.draw(grid, pd.Series(rng.uniform(0, 360, 500)), 80.0, "", language),
        "split": eddy_split.draw([eddy_split.Split("NEE 2021", 30, 10, 20, "g C m⁻²")], "", language),
        "sums": eddy_sums.draw(
            [("NEE", [eddy_sums.Sum("2021", -500, -560, -440, True)])], "g C m⁻²", "nee", "", "95", language
        ),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_whole_light_and_carries_its_own_picture(language: Language) -> None:
    for name, found in figures(language).items():
        tree = ElementTree.fromstring(found.svg)
        assert tree.get("role") == "img" and tree.get("aria-label"), name
        assert len(found.caption) > 30, name
        assert len(found.svg) < 90_000, (name, len(found.svg))
        assert not re.search(r"\bnan\b|NaN|None|inf\b|[{}]", found.svg + found.caption), name
        assert not re.search(r'(?:href|src)="(?!data:)', found.svg), name
        for text in (e for e in tree.iter() if e.tag.endswith("text") and e.get("x")):
            assert -1 <= float(text.get("x", "0")) <= 781, (name, "".join(text.itertext()))


def test_chinese_figures_are_chinese() -> None:
    for name, found in figures("zh").items():
        assert re.search(r"[\u4e00-\u9fff]", found.caption), name


def test_shares_of_the_variance_add_up_to_the_bar() -> None:
    found = eddy_split.draw([eddy_split.Split("NEE", 3, 0, 4, "g")], "", "en")
    assert ">36<" in found.svg and ">64<" in found.svg and ">5\u00a0g<" in found.svg


def test_the_fingerprint_puts_each_step_at_its_day_and_hour() -> None:
    steps = year()
    steps["filled"] = np.where(steps["time"] == pd.Timestamp("2021-02-01 12:00"), 5.0, -5.0)
    svg = eddy_fingerprint.draw(steps, "nee", 2021, "", "en").svg
    cells = pixels(re.findall(r'href="([^"]*)"', svg)[1])
    assert cells.shape == (365, 48)
    assert np.argwhere(cells != cells[0, 0]).tolist() == [[31, 24]]


@pytest.mark.parametrize(("minutes", "columns"), [(60, 24), (10, 48), (180, 8)])
def test_other_steps_make_other_columns(minutes: int, columns: int) -> None:
    svg = eddy_fingerprint.draw(year(minutes), "nee", 2021, "", "en").svg
    assert pixels(re.findall(r'href="([^"]*)"', svg)[0]).shape == (365, columns)


def test_the_course_of_the_day_is_that_of_the_median() -> None:
    time = pd.Series(pd.date_range("2021-06-01", periods=48 * 30, freq="30min"))
    hour = time.dt.hour + time.dt.minute / 60
    values = pd.DataFrame({"filled": hour + np.repeat(np.arange(30), 48) * 0.0})
    found = eddy_diel.course(time, values, "filled")
    assert found["hour"].tolist() == [h / 2 + 0.25 for h in range(48)]
    assert found["filled"].to_numpy() == pytest.approx(found["hour"].to_numpy() - 0.25)


def test_the_wind_rose_counts_north_once() -> None:
    grid = pd.DataFrame({"x": [0.0, 10.0], "y": [10.0, 10.0], "level": [0.1, 0.5]})
    svg = eddy_footprint.draw(grid, pd.Series([359.0, 1.0, 0.0, 360.0]), math.nan, "", "en").svg
    assert "outer ring: 100\u00a0% of the steps" in svg


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_draw_is_no_failure(language: Language) -> None:
    steps = year().iloc[:96].assign(filled=np.nan, measured=np.nan)
    eddy_fingerprint.draw(steps, "nee", 2021, "", language)
    none = pd.Series(dtype=float)
    line = eddy_energy.Line(math.nan, math.nan, math.nan, math.nan)
    eddy_energy.draw(none, none, line, [], "", "95", language)
    empty = pd.DataFrame({"x": [], "y": [], "level": []}, dtype=float)
    eddy_footprint.draw(empty, none, 100.0, "", language)
    eddy_split.draw([eddy_split.Split("NEE", math.nan, 0, 0, "g")], "", language)

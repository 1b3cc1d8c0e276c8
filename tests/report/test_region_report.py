"""The section on a region, its maps and its figures, from made-up frames whose sums are those of the maps."""

from __future__ import annotations

import base64
import re
import struct
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.contracts import LANGUAGES, Language
from halosink.figures import map_change, map_colours, map_sheet, map_values, region_transitions
from halosink.figures.map_classes import numbered
from halosink.figures.map_outlines import middle
from halosink.figures.map_picture import Picture, factor, shrink
from halosink.figures.map_words import scaled
from halosink.report.contents import Contents
from halosink.report.region import RegionSection, region
from halosink.report.region_answer import region_answer
from halosink.report.region_shared import FRAMES, picture
from halosink.settings import Settings
from region_frames import AREA, frames, maps

STUDY = {"study": {"title": {"en": "County", "zh": "县"}}}
SETTINGS = Settings.model_validate(STUDY)
WHOLE = frames()


def contents(found: dict[str, pd.DataFrame], **settings: object) -> Contents:
    return Contents(settings=Settings.model_validate(STUDY | settings) if settings else SETTINGS, frames=found)


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture(scope="module")
def section(language: Language) -> RegionSection:
    found = region(contents(WHOLE), language)
    assert found is not None
    return found


def figures(section: RegionSection):
    return [f for part in section.parts for f in part.figures]


def test_every_part_stands_in_order(section: RegionSection, language: Language) -> None:
    areas = ("answer", "layers", "flow", "stock", "importance", "sinks", "patches", "resistance", "corridors", "change",
             "skill", "sensitivity", "limits")  # fmt: skip
    assert [p.title for p in section.parts] == [vocabulary.say(f"region_report.{a}.title", language) for a in areas]
    assert ("modelled" in section.warning[0]) if language == "en" else ("模型推算" in section.warning[0])
    for name in ("NPP", "topsoil organic carbon" if language == "en" else "表土有机碳"):
        assert name in section.warning[0]


def test_figures_are_whole_drawings(section: RegionSection, language: Language) -> None:
    drawn = figures(section)
    assert len(drawn) >= 17
    for f in drawn:
        tree = ElementTree.fromstring(f.svg)
        wide, high = (float(tree.attrib[k]) for k in ("width", "height"))
        assert high > 40 and f.caption and tree.attrib["aria-label"]
        for text in tree.iter("{http://www.w3.org/2000/svg}text"):
            if "x" in text.attrib:
                x, y = float(text.attrib["x"]), float(text.attrib["y"])
                assert -1 <= x <= wide + 1 and 0 <= y <= high, text.text


def test_no_word_is_left_unsaid(section: RegionSection, language: Language) -> None:
    said = [*section.warning, *(line for p in section.parts for line in [*p.lines, p.title, p.not_shown])]
    said += [f.caption for f in figures(section)]
    said += [c for p in section.parts for t in p.tables for row in [t.headings, *t.cells] for c in row]
    for line in said:
        assert not re.search(r"\{|\}|nan|None|region_report", line), line
        if language == "zh":
            assert not re.search(r"[\u4e00-\u9fff][,;:!?]", line), line
            assert not re.search(r"样点|栅格点|格点", line), line
        else:
            assert not re.search(r"[\u4e00-\u9fff]", line), line


EVERY = [*FRAMES, "outline", "picture_index", "corridor_lines"]


@pytest.mark.parametrize(("name", "language"), [*zip(EVERY, LANGUAGES * len(EVERY), strict=False)])
def test_any_frame_may_be_missing(name: str, language: Language) -> None:
    found = {k: v for k, v in WHOLE.items() if k != f"region/{name}"}
    assert region(contents(found), language) is not None
    region_answer(contents(found), language)


@pytest.mark.parametrize(("name", "language"), [*zip(FRAMES, LANGUAGES[::-1] * len(FRAMES), strict=False)])
def test_one_frame_alone_is_shown(name: str, language: Language) -> None:
    one = contents({f"region/{name}": WHOLE[f"region/{name}"]})
    assert region(one, language) is not None
    region_answer(one, language)


def test_without_a_region_there_is_no_section(language: Language) -> None:
    assert region(contents({}), language) is None
    assert region_answer(contents({}), language) == []
    assert region(contents({"region/totals": WHOLE["region/totals"].iloc[:0]}), language) is None


def test_the_answer_tells_sink_source_or_neither() -> None:
    def told(value: float, low: float, high: float) -> str:
        nep = {"quantity": "nep", "unit": "t C a-1", "value": value, "low": low, "high": high}
        frame = pd.DataFrame([nep, {"quantity": "area", "unit": "km2", "value": 1e4, "low": 1e4, "high": 1e4}])
        return region_answer(contents({"region/totals": frame}, region={"name": "Wensu"}), "en")[0]

    assert told(5e5, 2e5, 9e5).startswith(
        "Wensu (10,000 km²) takes up 500\u00a0kt\u00a0C (200 to 900) a year, 50 g C m⁻²"
    )
    assert "carbon source" in told(-5e5, -9e5, -2e5) and "\u2212" not in told(-5e5, -9e5, -2e5).replace("m⁻²", "")
    assert "cannot be told" in told(1e4, -2e5, 3e5)
    assert "was not worked out" in told(1e4, float("nan"), float("nan"))


def test_the_mean_follows_from_total_and_area(language: Language) -> None:
    found = maps()["nep"].astype(float)
    mean = float(found[np.isfinite(found)].mean())
    totals = WHOLE["region/totals"].set_index("quantity")["value"]
    assert totals["area"] == pytest.approx(np.isfinite(found).sum() * AREA)
    assert f"{mean:.1f} g C m⁻²" in region_answer(contents(WHOLE), language)[0]


def test_tables_of_land_use_add_up(section: RegionSection, language: Language) -> None:
    part = section.parts[5]
    assert len(part.tables) == 3
    for table in part.tables:
        areas = [float(row[1].replace(",", "").replace("\u202f", "")) for row in table.cells]
        assert sum(areas[:-1]) == pytest.approx(areas[-1], abs=0.05)
        assert sum(float(row[2]) for row in table.cells[:-1]) == pytest.approx(100, abs=0.05)


def test_an_index_of_soil_is_not_called_a_stock() -> None:
    totals = WHOLE["region/totals"].copy()
    totals.loc[totals["quantity"] == "soil_carbon", "unit"] = "1"
    index = WHOLE["region/picture_index"].copy()
    index.loc[index["layer"] == "soil_carbon", "unit"] = "1"
    found = contents(WHOLE | {"region/totals": totals, "region/picture_index": index})
    assert "which is no stock" in region_answer(found, "en")[0]
    section = region(found, "en")
    assert section is not None
    assert any("no stock" in line for line in section.parts[3].lines)
    assert any("index" in line for line in section.parts[-1].lines)


def test_without_draws_nothing_is_called_sure() -> None:
    found = {k: v for k, v in WHOLE.items() if k not in ("region/pictures", "region/patches")}
    answer = region_answer(contents(found, region={"uncertainty": {"draws": 0}}), "en")
    assert not any("draws" in line for line in answer)
    section = region(contents(found, region={"uncertainty": {"draws": 0}}), "en")
    assert section is not None and "No draws were made" in section.warning[-1]


def test_page_stays_light(section: RegionSection) -> None:
    images = re.findall(r'href="data:image/png;base64,([^"]+)"', "".join(f.svg for f in figures(section)))
    assert len(images) > 15 and sum(map(len, images)) < 1_000_000
    for one in images:
        body = base64.b64decode(one)
        assert body[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", body[16:24]) == (120, 90)


def test_shrink_takes_means_and_majorities() -> None:
    values = np.arange(16.0).reshape(4, 4)
    np.testing.assert_allclose(shrink(values, False, 2), [[2.5, 4.5], [10.5, 12.5]])
    values[0, :2] = np.nan
    assert shrink(values, False, 2)[0, 0] == 4.5
    values[1, 0] = np.nan
    assert np.isnan(shrink(values, False, 2)[0, 0])
    codes = np.array([[1, 1, 2, 3], [2, 0, 3, 2], [0, 0, 5, 5], [0, 7, 5, 5]], np.uint8)
    np.testing.assert_array_equal(shrink(codes, True, 2), [[1, 2], [0, 5]])
    odd = np.ones((5, 7))
    assert shrink(odd, False, 3).shape == (2, 3) and factor(5, 7, 3) == 3 and (shrink(odd, False, 3) == 1).all()
    small = np.random.default_rng(1).normal(size=(5, 6))
    np.testing.assert_array_equal(shrink(small, False), small.astype(np.float32))


def test_shrink_equals_the_slow_way() -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 4, (37, 53)).astype(np.int32)
    found = shrink(codes, True, 10)
    step = factor(37, 53, 10)
    for i in range(found.shape[0]):
        for j in range(found.shape[1]):
            block = codes[i * step : (i + 1) * step, j * step : (j + 1) * step]
            count = np.bincount(block.ravel(), minlength=4)
            want = 0 if 2 * count[1:].sum() < block.size else int(count[1:].argmax()) + 1
            assert found[i, j] == want


def test_ramps_are_even_in_colour_and_lightness() -> None:
    for name in map_colours.RAMPS:
        points = np.array([map_colours.lab(c) for c in map_colours.ramp(name, 9)])
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        assert steps.max() / steps.min() < 1.35 and (np.diff(points[:, 0]) < -3).all(), name
    for below, above in ((5, 5), (2, 6), (7, 1), (0, 4), (4, 0)):
        colours = map_colours.diverging(below, above)
        light = [map_colours.lab(c)[0] for c in colours]
        assert len(colours) == below + above
        assert all(np.diff(light[:below]) > 0) and all(np.diff(light[below:]) < 0)
    assert map_colours.lab("#ffffff") == pytest.approx([100, 0, 0], abs=0.01)


def test_classes_of_nominal_maps_differ_in_lightness() -> None:
    for colours in (map_colours.CATEGORIES, map_colours.IMPORTANCE):
        light = sorted(map_colours.lab(c)[0] for c in colours)
        assert min(np.diff(light)) > 8


def test_zero_parts_the_colours_of_nep() -> None:
    own = picture(contents(WHOLE), "nep")
    assert own is not None
    edges, colours = map_values.classed(own, "nep")
    at = int(np.flatnonzero(np.abs(edges) < 1e-12)[0])
    for i, colour in enumerate(colours):
        red, _, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
        assert (red > blue) == (i < at)


@pytest.mark.parametrize("width", [3.0, 900.0, 12_345.0, 171_000.0, 2.4e6])
def test_scale_bars_are_round(width: float) -> None:
    length = map_sheet.bar(width)
    assert f"{length:.0e}"[0] in "125" and 0.1 <= length * 1000 / width <= 0.2501


def test_edges_cover_the_middle_of_the_values() -> None:
    rng = np.random.default_rng(2)
    for values in (rng.normal(0, 1, 1000), rng.lognormal(8, 2, 1000), np.full(10, 3.0), np.array([0.0]), np.array([])):
        edges = map_sheet.steps(values)
        assert len(edges) >= 2 and (np.diff(edges) > 0).all()
        if len(values):
            low, high = np.quantile(values, (0.02, 0.98))
            step = edges[1] - edges[0]
            assert edges[0] <= low + step and edges[-1] >= high - step and len(edges) <= 22


def test_numbers_stand_inside_their_patches() -> None:
    ids = np.zeros((40, 60), int)
    ids[2:20, 3:30] = 1
    ids[5:12, 10:20] = 2
    ids[30:39, 40:58] = 7
    row, column = middle(ids == 1) or (-1, -1)
    assert ids[row, column] == 1
    own = Picture(ids.astype(float), 0.0, 40.0, 60.0, 40.0)
    place = map_sheet.Place(0, 0, 600, 400, own)
    for number, x, y in numbered(ids, place, None):
        assert ids[int(y // 10), int(x // 10)] == number
    assert middle(np.zeros((3, 3), bool)) is None


def test_signs_of_a_trend_stand_on_clear_cells() -> None:
    clear = np.zeros((20, 30), bool)
    clear[:, 15:] = True
    own = Picture(np.ones((20, 30)), 0.0, 20.0, 30.0, 20.0)
    x, y = map_sheet.lattice(clear, map_sheet.Place(0, 0, 300, 200, own), map_change.EVERY)
    assert len(x) > 80 and x.min() >= 150 and x.max() < 300 and y.max() < 200


def test_transitions_keep_what_changed() -> None:
    frame = WHOLE["region/transitions"]
    drawn = region_transitions.draw(frame, "en")
    assert set(drawn.data["from_class"]) == {62, 33, 12, 63}
    assert drawn.data["area_km2"].sum() == pytest.approx(565.0)


def test_convergence_is_told_beyond_a_degree(language: Language) -> None:
    word = "grid north" if language == "en" else "坐标北"
    for turn, shown in ((0.4, False), (-0.99, False), (1.6, True), (-3.0, True)):
        index = WHOLE["region/picture_index"].assign(convergence=turn)
        own = picture(contents(WHOLE | {"region/picture_index": index}), "nep")
        assert own is not None
        svg = map_values.draw("nep", own, None, None, language).svg
        assert (word in svg) is shown
        if turn < -1:
            assert ("east" if language == "en" else "偏东") in svg


def test_large_totals_are_told_in_the_reader_s_unit() -> None:
    frame = pd.DataFrame([{"unit": "t C", "value": 3.61e6, "low": 3e6, "high": 4e6}])
    assert scaled(frame, "zh").iloc[0]["value"] == pytest.approx(361.0)
    assert scaled(frame, "zh").iloc[0]["unit"] == "万 t C" and scaled(frame, "en").iloc[0]["unit"] == "kt C"
    assert scaled(frame.assign(unit="km2"), "en").iloc[0]["unit"] == "km2"


def test_maps_of_any_shape_fit_the_page(language: Language) -> None:
    for rows, columns in ((300, 20), (20, 300), (1, 1), (2, 3)):
        values = np.arange(float(rows * columns)).reshape(rows, columns)
        own = Picture(values, 0.0, rows * 100.0, columns * 100.0, rows * 100.0, unit="m")
        for drawn in (
            map_values.draw("cost", own, own, None, language),
            map_values.several([("npp", own)], None, language),
        ):
            tree = ElementTree.fromstring(drawn.svg)
            for image in tree.iter("{http://www.w3.org/2000/svg}image"):
                x, wide = float(image.attrib["x"]), float(image.attrib["width"])
                assert x + wide <= 781 and float(image.attrib["height"]) <= 431

"""Tables 7 to 9: percentages and totals follow from the areas; the one that does not is known (k03)."""

import csv

import numpy as np
import pytest

from halosink.maps.patches.profile import CODES
from halosink.maps.sink_areas import category_land_use, land_use_areas

FILES = {
    1: "wensu_table7_primary_sink_landuse",
    2: "wensu_table8_secondary_sink_landuse",
    3: "wensu_table9_potential_sink_landuse",
}


def published(reference):
    with open(reference / "sources" / "tables" / "wensu_table6_landuse_subtypes.csv", encoding="utf-8") as file:
        known = [row["subtype_en"] for row in csv.DictReader(file)]
    assert len(known) == 19
    tables = {}
    for category, name in FILES.items():
        with open(reference / "sources" / "tables" / f"{name}.csv", encoding="utf-8") as file:
            tables[category] = list(csv.DictReader(file))
    return tables


def test_percentages_and_totals_of_tables_7_to_9(reference):
    tables = published(reference)
    names = sorted({r["land_use_subtype_en"] for rows in tables.values() for r in rows if r["row_kind"] == "row"})
    cells = np.zeros((3, len(names)))
    for category, rows in tables.items():
        for row in rows:
            if row["row_kind"] == "row":
                cells[category - 1, names.index(row["land_use_subtype_en"])] = float(row["area_km2"])
    found = land_use_areas(cells, 1e6, range(1, len(names) + 1))
    for category, rows in tables.items():
        own = found[found.category == category]
        total = float(next(r["area_km2"] for r in rows if r["row_kind"] == "total"))
        assert own.area_km2.sum() == pytest.approx(total, abs=1e-9)
        assert own.percent.sum() == pytest.approx(100)
        by_name = dict(zip((names[i - 1] for i in own.land_use), own.percent, strict=True))
        for row in rows:
            if row["row_kind"] == "row":
                name, printed = row["land_use_subtype_en"], float(row["percent"])
                k03 = (category, name) == (2, "Gobi desert")
                assert by_name[name] == pytest.approx(printed, abs=0.01 if k03 else 0.005 + 1e-9)
                assert (round(by_name[name], 2) == printed) != k03


def test_every_sink_cell_is_in_the_table_and_tiles_add_up():
    rng = np.random.default_rng(0)
    category = rng.integers(0, 5, (30, 40)).astype(np.uint8)
    land = rng.choice(CODES, (30, 40)).astype(np.uint8)
    cells = category_land_use(category, land)
    np.testing.assert_array_equal(cells.sum(axis=1), [np.sum(category == k) for k in (1, 2, 3)])
    np.testing.assert_array_equal(
        category_land_use(category[:9], land[:9]) + category_land_use(category[9:], land[9:]), cells
    )
    found = land_use_areas(cells, 900.0)
    assert found.area_km2.sum() == pytest.approx(np.isin(category, (1, 2, 3)).sum() * 900 / 1e6)
    assert len(found) == np.count_nonzero(cells)

"""Land use classes and the translation of other legends."""

import csv

import numpy as np
import pytest

from halosink.maps import landuse

CODES = [11, 12, 21, 22, 23, 24, 31, 32, 33, 41, 42, 43, 44, 45, 46, 51, 52, 53, 61, 62, 63, 64, 65, 66, 67, 99]


def test_classes_are_those_of_cnlucc():
    assert list(landuse.classes()) == CODES
    assert {c.type for c in landuse.classes().values()} == set(landuse.types())
    assert len({c.colour for c in landuse.classes().values()}) == len(CODES)


def test_names_are_those_of_table_6(reference):
    en, zh = landuse.names("en"), landuse.names("zh")
    with open(reference / "sources/tables/wensu_table6_landuse_subtypes.csv", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 19
    for row in rows:
        code = next(c for c in CODES if en[c] == row["subtype_en"])
        assert zh[code] == row["subtype_zh"]
        assert landuse.types()[code // 10].en == row["land_use_type_en"]


@pytest.mark.parametrize(
    ("legend", "codes"),
    [
        ("igbp", range(18)),
        ("esa", [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100]),
        ("glc", [10, 11, 12, 20, 51, 52, 61, 62, 71, 72, 81, 82, 91, 92, 120, 121, 122, 130, 140, 150, 152, 153, 180,
                 181, 182, 183, 184, 185, 186, 187, 190, 200, 201, 202, 210, 220]),
        ("cnlucc", [*CODES, 1, 2, 3, 4, 5, 6, 111, 112, 113, 114, 121, 122, 123, 124]),
    ],
)  # fmt: skip
def test_every_code_of_a_legend_has_a_class(legend, codes):
    table = landuse.table(legend)
    assert set(codes) <= set(table)
    assert set(table.values()) - {0} <= set(landuse.classes())


def test_cnlucc_keeps_its_own_codes_and_types():
    table = landuse.table("cnlucc")
    assert all(table[c] == c for c in CODES)
    assert all(table[t] // 10 == t for t in range(1, 7))
    assert {table[c] for c in (111, 114)} == {11} and {table[c] for c in (121, 124)} == {12}


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32])
def test_codes_the_table_lacks_are_told_with_their_cells(dtype):
    codes = np.array([[7, 10, 12], [13, 99, 99], [0, 16, 44]], dtype)
    got, missing = landuse.translate(codes, {7: 33, 10: 32, 12: 12, 13: 51, 16: 65})
    assert got.tolist() == [[33, 32, 12], [51, 0, 0], [0, 65, 0]] and got.dtype == np.uint8
    assert missing == [(44, 1), (99, 2)]


def test_grassland_is_parted_at_20_and_50_percent():
    cover = landuse.vegetation_cover(np.array([0.05, 0.14, 0.2299, 0.41, 0.95, np.nan], np.float32), 0.05, 0.5)
    np.testing.assert_allclose(cover[:5], [0, 0.2, 0.39978, 0.8, 1], atol=1e-5)
    codes = np.array([32, 32, 32, 32, 21, 32], np.uint8)
    assert landuse.split_grassland(codes, cover).tolist()[2:] == [32, 31, 21, 32]
    edges = np.array([0.19, 0.2, 0.5, 0.51], np.float32)
    assert landuse.split_grassland(np.full(4, 33, np.uint8), edges).tolist() == [33, 32, 32, 31]
    with pytest.raises(ValueError, match="full"):
        landuse.vegetation_cover(cover, 0.5, 0.5)


def test_colours_part_in_grey():
    """Types that touch most on dry land differ in lightness (relative luminance of sRGB)."""

    def light(code):
        text = landuse.classes()[code].colour
        return sum(w * int(text[k : k + 2], 16) for w, k in ((0.2126, 1), (0.7152, 3), (0.0722, 5)))

    for one, other in ((12, 21), (31, 33), (62, 61), (42, 32), (51, 12), (63, 66)):
        assert abs(light(one) - light(other)) > 40

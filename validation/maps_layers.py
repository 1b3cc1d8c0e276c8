"""Layers of real regions: every trap is caught on spoilt copies, good ones pass, cells are exact.

    HALOSINK_REFERENCE=... python validation/maps_layers.py

Exit code 1 when a line is missed.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.warp import reproject

from halosink.maps.grid import Tile
from halosink.settings_region import Region
from halosink.study_region import align, boundary, layers

DATA = Path(os.environ["HALOSINK_REFERENCE"]) / "data"
missed: list[str] = []
ASSABA = {
    "land_use": {"file": "Modis_Land_Cover_Data/{year}LCT.tif", "classes": "igbp"},
    "gpp": {"file": "MODIS_Gross_Primary_Production_GPP/{year}_GP.tif", "unit": "kg C m-2 a-1", "scale": 0.0001,
            "no_data": [65533]},
    "elevation": "extra_global_layers/dem_itu_p1511_5arcmin.tif",
    "temperature": {"file": "extra_global_layers/temp_monthly_itu_p1510_075deg.tif", "lapse_rate": -6.5},
    "precipitation": "extra_global_layers/precip_monthly_itu_p837_025deg.tif",
    "population": "Gridded_Population_Density_Data/Assaba_Pop_2020.tif",
    "ndvi": "extra_global_layers/ndvi_max_005deg.tif",
    "climate_zone": "extra_global_layers/ipcc_climate_zones.tif",
}  # fmt: skip
WENSU = {
    "land_use": {"file": "landcover_mcd12c1_2019_igbp_005deg.tif", "classes": "igbp"},
    "elevation": "dem_itu_p1511_5arcmin.tif",
    "temperature": "temp_monthly_biome4_05deg.tif",
    "precipitation": "precip_monthly_itu_p837_025deg.tif",
    "population": "popdensity_gpw411_2020_30arcsec.tif",
    "ndvi": "ndvi_max_005deg.tif",
}
BOUNDARY = {
    "assaba_mauritania": "Admin_layers/Assaba_Region_layer.shp",
    "wensu_xinjiang": "wensu_county_tianditu.geojson",
}


def line(good: bool, text: str) -> None:
    print(f"{'ok    ' if good else 'MISSED'} {text}")
    if not good:
        missed.append(text)


def examine(folder: Path, given: dict, **settings):
    return layers.examine(folder, Region(**{"boundary": BOUNDARY[folder.name], "layers": given, **settings}))


def spoil(folder: Path, source: str, name: str, change=lambda a: a, **profile) -> str:
    with rasterio.open(folder / source) as file:
        kept = {k: v for k, v in file.profile.items() if k in ("driver", "crs", "transform", "nodata", "dtype")}
        values = change(file.read())
    kept |= {
        "dtype": values.dtype,
        "count": len(values),
        "height": values.shape[1],
        "width": values.shape[2],
        **profile,
    }
    with rasterio.open(folder / name, "w", **kept) as file:
        file.write(values)
    return name


def caught(text: str, code: str, found, needle: str = "") -> None:
    hits = [p for p in found[1] if p.code == code]
    said = hits[0].say("what", "en") if hits else ", ".join(p.code for p in found[1])
    whole = " ".join(h.say(part, "en") for h in hits for part in ("what", "why", "fix"))
    line(bool(hits) and needle in whole, f"{text}: {said[:170]}")


def traps(root: Path) -> None:
    assaba, wensu = root / "assaba_mauritania", root / "wensu_xinjiang"
    dem, temp = WENSU["elevation"], WENSU["temperature"]
    land = "Modis_Land_Cover_Data/2023LCT.tif"
    gpp = "MODIS_Gross_Primary_Production_GPP/2010_GP.tif"

    def w(role, layer, **settings):
        return examine(wensu, {**WENSU, role: layer}, **settings)

    def a(role, layer, **settings):
        return examine(assaba, {**ASSABA, role: layer}, **settings)

    file = spoil(wensu, dem, "utm.tif", crs="EPSG:32644")
    caught("degrees declared as UTM", "E-REGION-CRS-WRONG", w("elevation", file), "EPSG:4326")
    file = spoil(assaba, land, "deg.tif", crs="EPSG:4326")
    caught(
        "sinusoidal metres declared as degrees", "E-REGION-CRS-WRONG", a("land_use", {"file": file, "classes": "igbp"})
    )
    file = spoil(wensu, dem, "none.tif", crs=None)
    caught("no reference system", "E-REGION-NO-CRS", w("elevation", file), "elevation")
    with rasterio.open(wensu / dem) as f:
        t = f.transform
    file = spoil(
        wensu, dem, "swap.tif", lambda v: v.transpose(0, 2, 1).copy(), transform=Affine(t.e, 0, t.f, 0, t.a, t.c)
    )
    caught("axes exchanged (Wensu)", "E-REGION-SWAPPED", w("elevation", file), "exchanged")
    pop = ASSABA["population"]
    with rasterio.open(assaba / pop) as f:
        t = f.transform
    file = spoil(
        assaba, pop, "swap.tif", lambda v: v.transpose(0, 2, 1).copy(), transform=Affine(t.e, 0, t.f, 0, t.a, t.c)
    )
    caught("axes exchanged (Assaba)", "E-REGION-SWAPPED", a("population", file), "exchanged")
    file = spoil(assaba, gpp, "empty.tif", lambda v: np.full_like(v, 65535))
    caught("all no data", "E-REGION-EMPTY", a("gpp", file), "65535")
    file = spoil(
        wensu, temp, "month.tif", lambda v: np.where(np.arange(12)[:, None, None] == 6, np.nan, v).astype("f4")
    )
    caught("one month without data", "E-REGION-EMPTY-BAND", w("temperature", file), "7")
    shutil.copy(assaba / ASSABA["elevation"], wensu / "elsewhere.tif")
    caught("another region", "E-REGION-NO-OVERLAP", w("elevation", "elsewhere.tif"))
    with rasterio.open(wensu / dem) as f:
        t, half = f.transform, f.height // 2
    file = spoil(wensu, dem, "half.tif", lambda v: v[:, :half])
    caught("half the region", "W-REGION-PARTIAL", w("elevation", file), "%")
    table = {str(c): 32 for c in (0, 7, 10, 12, 15)}
    with rasterio.open(wensu / WENSU["land_use"]["file"]) as f:
        sure = int((f.read(1)[12:43, 9:50] == 16).sum())
    found = w("land_use", {**WENSU["land_use"], "classes": table})
    caught("class missing from a table", "E-REGION-CLASS", found, "16 (")
    told = next(p for p in found[1] if p.code == "E-REGION-CLASS").values["codes"]
    line(f"16 ({sure})" in told, f"its cells are counted within the bounds of the county: {told}, wanted {sure}")
    raw = {k: v for k, v in ASSABA["gpp"].items() if k != "no_data"}
    caught("GPP fill 65533 beside 65535 (14 years)", "E-REGION-FILL", a("gpp", raw), "no_data = [65533]")
    caught("no data of land cover differs", "N-REGION-NODATA-DIFFERS", a("gpp", ASSABA["gpp"]), "-128 (2010)")
    caught(
        "GPP without scale", "W-REGION-SCALE", a("gpp", {"file": ASSABA["gpp"]["file"], "no_data": [65533]}), "0.0001"
    )
    file = spoil(wensu, temp, "k.tif", lambda v: v + np.float32(273.15))
    caught("kelvin", "E-REGION-UNIT", w("temperature", file), "-273.15")
    file = spoil(wensu, temp, "x10.tif", lambda v: (v * 10).round())
    found = w("temperature", file)
    codes = {p.code for p in found[1]}
    caught(
        "tenths of a degree", "E-REGION-UNIT" if "E-REGION-UNIT" in codes else "W-REGION-RANGE", found, "scale = 0.1"
    )
    file = spoil(wensu, WENSU["precipitation"], "year.tif", lambda v: np.repeat(v.sum(0, keepdims=True), 12, 0))
    caught("yearly sum in each month", "E-REGION-SAME-MONTHS", w("precipitation", file))
    file = spoil(wensu, WENSU["precipitation"], "annual.tif", lambda v: v.sum(0, keepdims=True))
    caught("one band for twelve", "E-REGION-BANDS", w("precipitation", file), "12")
    file = spoil(wensu, dem, "density.tif", lambda v: 1100 + v / 10)
    caught("bulk density in kg m-3", "E-REGION-UNIT", w("topsoil_bulk_density", file), "scale = 0.001")
    file = spoil(wensu, WENSU["population"], "pop.tif", lambda v: v * 0.64)
    caught(
        "persons per cell", "E-REGION-COUNTS", w("population", {"file": file, "unit": "persons"}), 'resampling = "sum"'
    )
    years = {**ASSABA["gpp"], "years": [2008, 2009, 2010]}
    caught("years without file", "E-REGION-YEARS", a("gpp", years), "2008, 2009")
    caught("maps in degrees", "E-REGION-GEOGRAPHIC", w("elevation", dem, crs="EPSG:4326"))
    caught("cells of 1 cm", "E-REGION-DISK", w("elevation", dem, cell=0.01), "GB")
    where = {"NAME": "nowhere"}
    caught("attribute that is not there", "E-REGION-WHERE-COLUMN", w("elevation", dem, boundary_where=where))
    text = (wensu / BOUNDARY["wensu_xinjiang"]).read_text("utf-8")
    shape = shapely.transform(shapely.from_geojson(text), lambda p: p[:, ::-1])
    (wensu / "swapped.geojson").write_text(shapely.to_geojson(shape))
    caught("boundary exchanged", "E-REGION-BOUNDARY-SWAPPED", w("elevation", dem, boundary="swapped.geojson"))


def good(root: Path, name: str, given: dict) -> None:
    folder = root / name
    sources, problems = examine(folder, given)
    line(not [p for p in problems if p.code[0] == "E"], f"{name} as it is: {', '.join(p.code for p in problems)}")
    region = Region(boundary=BOUNDARY[name])
    outline, _ = boundary.load(folder, region)
    grid = boundary.grid(region, sources, outline)
    whole = Tile(0, grid.rows, 0, grid.columns)
    inside = boundary.mask(outline, grid, whole)
    shape = boundary.projected(outline, grid.crs)
    area, edge = shape.area, shape.length / grid.width
    text = f"{name}: area of its cells {inside.sum() * grid.cell_area / 1e6:.1f} km2, of the polygon {area / 1e6:.1f}"
    # Each cell on the edge counts whole or not: standard deviation 0.29 of a cell.
    line(abs(inside.sum() * grid.cell_area - area) < 3 * 0.29 * edge**0.5 * grid.cell_area, text)
    for role, source in sources.items():
        values = source.read(grid, whole)
        same = all(
            np.array_equal(source.read(grid, t), values[..., t.row0 : t.row1, t.column0 : t.column1], equal_nan=True)
            for t in grid.tiles(150)
        )
        line(same, f"{name} {role}: tiles are the whole to the bit ({source.method(grid)})")


def exact(root: Path) -> None:
    """Mean by area of the real GPP on cells of 1500 m against polygon overlap, own and GDAL's."""
    folder = root / "assaba_mauritania"
    sources, _ = examine(folder, ASSABA, cell=1500.0)
    region = Region(boundary=BOUNDARY[folder.name], cell=1500.0)
    outline, _ = boundary.load(folder, region)
    grid = boundary.grid(region, sources, outline)
    raster = sources["gpp"].rasters(2010)[0]
    whole = Tile(0, *raster.frame.shape[:1], 0, raster.frame.shape[1])
    numbers = raster.numbers(whole)
    got = sources["gpp"].read(grid, Tile(0, grid.rows, 0, grid.columns), 2010)[0]
    gdal = np.full(grid.shape, np.nan, np.float32)
    layer = {"src_transform": Affine(*raster.frame.transform), "src_crs": raster.frame.crs, "src_nodata": np.nan}
    target = {"dst_crs": grid.crs, "dst_nodata": np.nan, "resampling": Resampling.average}
    reproject(numbers[0], gdal, dst_transform=Affine(*grid.transform), tolerance=0.0, **layer, **target)
    tiled = np.full(grid.shape, np.nan, np.float32)
    for t in grid.tiles(64):
        part = np.full(t.shape, np.nan, np.float32)
        place = Affine(*grid.transform) * Affine.translation(t.column0, t.row0)
        reproject(numbers[0], part, dst_transform=place, **layer, **target)
        tiled[t.window] = part
    changed = int((~np.isclose(tiled, gdal, rtol=0, atol=0, equal_nan=True)).sum())
    a, _, c, _, e, f = raster.frame.transform
    own, other = [], []
    picks = np.random.default_rng(0).choice(np.flatnonzero(np.isfinite(got) & np.isfinite(gdal)), 1500, replace=False)
    for cell in picks:
        i, j = divmod(int(cell), grid.columns)
        x = grid.left + grid.width * np.array([j, j + 1, j + 1, j])
        y = grid.top - grid.height * np.array([i, i, i + 1, i + 1])
        x, y = align.transformer(grid.crs, raster.frame.crs).transform(x, y)
        u, v = (x - c) / a, (y - f) / e
        polygon = shapely.Polygon(np.column_stack([u, v]))
        rows, columns = np.mgrid[int(v.min()) : int(v.max()) + 1, int(u.min()) : int(u.max()) + 1]
        parts = shapely.area(shapely.intersection(polygon, shapely.box(columns, rows, columns + 1, rows + 1)))
        under = numbers[0][rows, columns]
        valid = np.isfinite(under)
        want = (parts[valid] * under[valid]).sum() / parts[valid].sum()
        own.append(abs(got[i, j] / want - 1))
        other.append(abs(gdal[i, j] / want - 1))
    text = f"GPP on 1500 m: largest relative error {max(own):.1e}, median {np.median(own):.1e}"
    line(max(own) < 1e-6, f"{text}; GDAL average {max(other):.1e}, {np.median(other):.1e}")
    print(f"       GDAL average by tiles of 64 cells: {changed} of {grid.rows * grid.columns} cells differ")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for name in BOUNDARY:
            shutil.copytree(DATA / name, root / name, copy_function=shutil.copyfile)
        for folder in [root, *root.rglob("*")]:
            if folder.is_dir():
                folder.chmod(0o755)
        traps(root)
        good(root, "assaba_mauritania", ASSABA)
        good(root, "wensu_xinjiang", WENSU)
        exact(root)
    print("all lines reached" if not missed else f"{len(missed)} lines missed")
    sys.exit(bool(missed))


main()

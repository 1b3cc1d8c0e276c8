"""Studies that are wrong, each in one way: what to write, and the problem that must be said."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

GOOD = "plot,depth_top,depth_bottom,ph_water,ec_1_5,soil_organic_carbon\n,cm,cm,1,dS/m,g/kg\n"
ROWS = ["P1,0,20,8.1,0.9,6.1", "P2,0,20,8.9,2.4,5.2", "P3,0,20,9.4,4.1,3.9", "P4,0,20,8.4,1.2,5.8"]
SENSORS = "sensor,time,soil_temperature,soil_moisture,soil_ec_bulk\n,,degC,m3/m3,dS/m\n"


@dataclass(frozen=True, slots=True)
class Case:
    """`build` writes a whole study into an empty folder; the other fields are the problem expected there."""

    name: str
    build: Callable[[Path], None]
    code: str
    file: str
    column: str = ""
    row: int = 0


def study(folder: Path, tables: str, more: str = "") -> None:
    text = f'[study]\ntitle = "Broken on purpose"\nutc_offset = 8\n\n{tables}\n{more}'
    (folder / "study.toml").write_text(text, encoding="utf-8")


def write(folder: Path, name: str, content: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def soil(
    content: str | bytes | None = None, name: str = "soil.csv", extra: str = "", more: str = ""
) -> Callable[[Path], None]:
    """A study with one soil table of this content."""

    def build(folder: Path) -> None:
        study(folder, f'[tables.soil]\nfile = "{name}"\nkind = "soil"\n{extra}', more)
        if content is not None:
            write(folder, name, content)

    return build


def li_7810(first: int = 0, number: int = 20, co2: float = 420.0) -> str:
    """A file of a LI-7810 in Copenhagen, one record a second from 10:00:00 plus `first` s."""
    heads = ("SECONDS", "NANOSECONDS", "NDX", "DIAG", "REMARK", "DATE", "TIME", "H2O", "CO2", "CH4")
    units = ("secs", "nsecs", "index", "diag", "", "date", "time", "ppm", "ppm", "ppb")
    lines = ["Model:\tLI-7810", "SN:\tTG10-00001", "Software Version:\t2.3.3", "Timestamp:\t2022-12-05 08:00:00"]
    lines += ["Timezone:\tEurope/Copenhagen", "\t".join(("DATAH", *heads)), "\t".join(("DATAU", *units))]
    for i in range(first, first + number):
        clock = f"10:{i // 60:02d}:{i % 60:02d}"
        lines.append(f'DATA\t{1670230800 + i}\t0\t{i}\t0\t""\t2022-12-05\t{clock}\t6200\t{co2 + i % 7}\t2067.5')
    return "\n".join(lines) + "\n"


def analysers(extra: str = "", kind: str = "analyser", **files: str) -> Callable[[Path], None]:
    """A study with raw files of analysers."""

    def build(folder: Path) -> None:
        study(folder, f'[tables.gas]\nfile = "*.data"\nkind = "{kind}"\n{extra}')
        for name, content in files.items():
            write(folder, f"{name}.data", content)

    return build


def no_area(folder: Path) -> None:
    """An observation of a LI-8100 whose area is left out."""
    heads = ("Type", "Etime", "Date", "Tcham", "Pressure", "H2O", "CO2", "Cdry")
    text = "LI-8100:\t1\nFile Name:\ta\nInstrument Name:\tx\nSerial Number:\t81A-0001\nSoftware:\t4.0.5\n"
    text += "Obs#:\t1\nPort#:\t1\nLabel:\tP1\nObservation Length:\t02:00\nDead Band:\t00:10\nVcham:\t4000\nOffset:\t0\n"
    text += "Area:\t318\nVtotal:\t4800\n" + "\t".join(heads) + "\n"
    for i in range(20):
        text += f"1\t{i}\t2022-12-21 14:31:{i:02d}\t10.9\t99.9\t8.8\t{402 + i}\t{406 + i}\n"
    study(folder, '[tables.gas]\nfile = "a.81x"\nkind = "chamber_concentrations"\nignore = ["chamber_area"]\n')
    write(folder, "a.81x", text)


def rows(change: dict[int, str] | None = None, head: str = GOOD, body: list[str] | None = None) -> str:
    """The good table with some rows exchanged; numbers as the user sees them (data begin in row 3)."""
    lines = list(body or ROWS)
    for number, line in (change or {}).items():
        lines[number - 3] = line
    return head + "\n".join(lines) + "\n"


def table(kind: str, content: str, extra: str = "", more: str = "", name: str = "") -> Callable[[Path], None]:
    name = name or f"{kind}.csv"

    def build(folder: Path) -> None:
        study(folder, f'[tables.{kind}]\nfile = "{name}"\nkind = "{kind}"\n{extra}', more)
        write(folder, name, content)

    return build


def toml(text: str, *files: str) -> Callable[[Path], None]:
    """A study.toml of this text beside a good table."""

    def build(folder: Path) -> None:
        (folder / "study.toml").write_text(text, encoding="utf-8")
        for file in files or ("soil.csv",):
            write(folder, file, rows())

    return build


def workbook(
    change: Callable[..., None], extra: str = "", name: str = "soil.xlsx", kind: str = "soil"
) -> Callable[[Path], None]:
    """A study with one workbook, filled by `change(book, sheet)`."""

    def build(folder: Path) -> None:
        import openpyxl

        study(folder, f'[tables.{kind}]\nfile = "{name}"\nkind = "{kind}"\n{extra}')
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "data"
        for line in rows().splitlines():
            sheet.append([_cell(c) for c in line.split(",")])
        change(book, sheet)
        book.save(folder / name)

    return build


def _cell(text: str) -> str | float | None:
    try:
        return float(text)
    except ValueError:
        return text or None


def _clear(book: object, sheet: object) -> None:
    sheet.delete_rows(1, 50)  # type: ignore[attr-defined]


def _merge(book: object, sheet: object) -> None:
    sheet.merge_cells("A3:A4")  # type: ignore[attr-defined]


def _far(book: object, sheet: object) -> None:
    sheet["XFD1048576"] = 1  # type: ignore[index]


def _remark(book: object, sheet: object) -> None:
    sheet["D4"] = "8.9 perhaps"  # type: ignore[index]


def _formula(book: object, sheet: object) -> None:
    sheet["D5"] = "=D3+1"  # type: ignore[index]


def _nothing(book: object, sheet: object) -> None:
    pass


def zip_bomb(folder: Path) -> None:
    study(folder, '[tables.soil]\nfile = "soil.xlsx"\nkind = "soil"')
    with zipfile.ZipFile(folder / "soil.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as stream:
            for _ in range(80):
                stream.write(b" " * 1_000_000)


def gz_bomb(folder: Path) -> None:
    study(folder, '[tables.soil]\nfile = "soil.csv.gz"\nkind = "soil"')
    with gzip.open(folder / "soil.csv.gz", "wb") as stream:
        for _ in range(80):
            stream.write(b"0" * 1_000_000)


def cut_gz(folder: Path) -> None:
    study(folder, '[tables.soil]\nfile = "soil.csv.gz"\nkind = "soil"')
    write(folder, "soil.csv.gz", gzip.compress(rows().encode())[:-12])


def cut_parquet(folder: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    study(folder, '[tables.soil]\nfile = "soil.parquet"\nkind = "soil"')
    parquet.write_table(pa.table({"plot": ["P1", "P2"], "ph_water": [8.1, 8.2]}), folder / "soil.parquet")
    whole = (folder / "soil.parquet").read_bytes()
    (folder / "soil.parquet").write_bytes(whole[: len(whole) // 2])


def nested(folder: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    study(folder, '[tables.soil]\nfile = "soil.parquet"\nkind = "soil"')
    parquet.write_table(pa.table({"plot": ["P1"], "layers": [[1, 2]]}), folder / "soil.parquet")


def cut_xlsx(folder: Path) -> None:
    workbook(_nothing)(folder)
    whole = (folder / "soil.xlsx").read_bytes()
    (folder / "soil.xlsx").write_bytes(whole[: len(whole) // 2])


def rotten_xlsx(folder: Path) -> None:
    workbook(_nothing)(folder)
    with zipfile.ZipFile(folder / "soil.xlsx") as archive:
        inside = next(i for i in archive.infolist() if i.filename.endswith("sheet1.xml"))
    whole = bytearray((folder / "soil.xlsx").read_bytes())
    middle = inside.header_offset + 60 + inside.compress_size // 2
    whole[middle] ^= 0xFF
    (folder / "soil.xlsx").write_bytes(whole)


def link_out(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}_outside.csv"
    outside.write_text(rows(), encoding="utf-8")
    study(folder, '[tables.soil]\nfile = "soil.csv"\nkind = "soil"')
    (folder / "soil.csv").symlink_to(outside)


def a_folder(folder: Path) -> None:
    study(folder, '[tables.soil]\nfile = "soil.csv"\nkind = "soil"')
    (folder / "soil.csv").mkdir()


def one_of_two(folder: Path) -> None:
    study(folder, '[tables.soil]\nfile = "field/*.csv"\nkind = "soil"')
    write(folder, "field/a.csv", rows())
    write(folder, "field/b.csv", rows({4: "P2,0,20,alkaline,2.4,5.2"}))


def stamps(start: str, minutes: int, count: int, skip: tuple[str, ...] = (), twice: tuple[str, ...] = ()) -> str:
    """A sensor table of one probe; stamps in `skip` are left out, those in `twice` stand again later."""
    import datetime

    moment = datetime.datetime.fromisoformat(start)
    step = datetime.timedelta(minutes=minutes)
    found = []
    for i in range(count):
        stamp = (moment + i * step).strftime("%Y-%m-%d %H:%M")
        if stamp not in skip:
            found.append(stamp)
        if twice and stamp == twice[-1]:
            found += twice
    return SENSORS + "".join(f"T1,{s},{12 + i % 5},0.21,1.{i % 9}\n" for i, s in enumerate(found))


FACTOR = '[[design.factors]]\nfield = "treatment"\nreference = "control"\norder = ["control", "gypsum"]\n'
HEAD = '[study]\ntitle = "x"\n'
SOIL = '[tables.soil]\nfile = "soil.csv"\nkind = "soil"\n'
TWELVE = "time,soil_temperature\n,degC\n"
GBK = "plot,ph_water,vegetation\n,1,\nP1,8.1,碱蓬群落\n".encode("gb18030")
MOIST = "".join(f"T1,2024-05-01 0{i}:00,{15 + i},{31 + i},1.2\n" for i in range(6))
LATLON = "plot,latitude,longitude\nP1,124.1,45.6\nP2,124.2,45.7\nP3,124.3,45.5\nP4,124.2,45.4\n"

CHAMBER = "closure,elapsed_time,co2_mole_fraction,chamber_volume,chamber_area,chamber_temperature,chamber_pressure\n"
CHAMBER += ",s,umol/mol,L,m2,degC,kPa\n"
AIR = "30,0.1,25,101.3"


def chamber(times: str = "0 30 60 90", lacking: str = "", extra: str = "") -> Callable[[Path], None]:
    """One closure with these elapsed times; `lacking` is a column left out."""
    names = CHAMBER.splitlines()[0].split(",")
    body = [f"A,{t},{420 + i},{AIR}" for i, t in enumerate(times.split())]
    lines = [*CHAMBER.splitlines(), *body]
    kept = [i for i, n in enumerate(names) if n != lacking]
    content = "".join(",".join(line.split(",")[i] for i in kept) + "\n" for line in lines)
    return table("chamber_concentrations", content, extra)


def _title(book: object, sheet: object) -> None:
    sheet.insert_rows(1)  # type: ignore[attr-defined]
    sheet["A1"] = "Soil of 2024"  # type: ignore[index]
    sheet.merge_cells("A1:F1")  # type: ignore[attr-defined]


def _plain_title(book: object, sheet: object) -> None:
    sheet.insert_rows(1)  # type: ignore[attr-defined]
    sheet["A1"], sheet["B1"] = "Soil of 2024", "2024-10"  # type: ignore[index]


def _merged_headings(book: object, sheet: object) -> None:
    sheet["A1"], sheet["B1"] = "plot", "depth"  # type: ignore[index]
    sheet.merge_cells("B1:C1")  # type: ignore[attr-defined]


TOML_FILE = '[tables.soil]\nkind = "soil"\nfile = '

CASES = [
    Case("backslash in a path", toml(HEAD + TOML_FILE + '"data\\x.csv"\n'), "E-STUDY-TOML-BACKSLASH",
         "study.toml", row=5),
    Case("backslash that means a new line", toml(HEAD + TOML_FILE + '"data\\new.csv"\n'), "E-STUDY-TOML-BACKSLASH",
         "study.toml", row=5),
    Case("backslash doubled", toml(HEAD + TOML_FILE + '"data\\\\x.csv"\n'), "E-STUDY-TOML-BACKSLASH", "study.toml",
         row=5),
    Case("curly quotes", toml(HEAD + TOML_FILE + "“soil.csv”\n"), "E-STUDY-TOML-QUOTES", "study.toml", row=5),
    Case("full-width equals sign", toml(HEAD + '[tables.soil]\nkind ＝ "soil"\n'), "E-STUDY-TOML-QUOTES", "study.toml",
         row=4),
    Case("full-width brackets", toml(HEAD + '【tables.soil】\nkind = "soil"\n'), "E-STUDY-TOML-QUOTES", "study.toml",
         row=3),
    Case("Chinese table name without quotes", toml(HEAD + '[tables.土壤]\nfile = "soil.csv"\n'), "E-STUDY-TOML-KEY",
         "study.toml", row=3),
    Case("heading without quotes", toml(HEAD + SOIL + '[tables.soil.columns]\npH(1:5) = "ph_water"\n'),
         "E-STUDY-TOML-KEY", "study.toml", row=7),
    Case("heading without quotes inside braces",
         toml(HEAD + SOIL + 'columns = {plot = "plot", 有机碳 = "soil_organic_carbon"}\n'), "E-STUDY-TOML-KEY",
         "study.toml", row=6),
    Case("layer in a unit of mass", soil("plot,土层\nP1,0-10\n",
         extra='columns = {"土层" = {field = "layer", unit = "g/kg"}}\n'), "E-UNIT-DIMENSION", "soil.csv", "土层", 1),
    Case("table name with a slash", toml(HEAD + '[tables."a/b"]\nfile = "soil.csv"\nkind = "soil"\n'), "E-STUDY-VALUE",
         "study.toml"),
    Case("chamber without its pressure", chamber(lacking="chamber_pressure"), "E-CHAMBER-LACKS",
         "chamber_concentrations.csv", "chamber_pressure", 1),
    Case("chamber without its volume", chamber(lacking="chamber_volume"), "E-CHAMBER-LACKS",
         "chamber_concentrations.csv", "chamber_volume", 1),
    Case("chamber without elapsed time", chamber(lacking="elapsed_time"), "E-COLUMN-REQUIRED",
         "chamber_concentrations.csv", "elapsed_time", 1),
    Case("chamber without a gas", chamber(lacking="co2_mole_fraction"), "E-CHAMBER-GAS", "chamber_concentrations.csv",
         row=1),
    Case("one closure id for two closures", chamber("0 30 60 0 30 60"), "W-CLOSURE-SEVERAL",
         "chamber_concentrations.csv", "closure", 3),
    Case("two closures sorted into one another", chamber("0 0 30 30 60 60"), "W-CLOSURE-SEVERAL",
         "chamber_concentrations.csv", "closure", 3),
    Case("plots that differ by a leading zero", soil(rows({4: "P1,20,40,8,2.4,5.2", 5: "p01,0,20,9,4.1,3.9"})),
         "W-LABEL-ALIKE", "soil.csv", "plot", 5),
    Case("classes that differ by case",
         table("plots", "plot,treatment\nP1,control\nP2,Control\nP3,gypsum\nP4,control\n"), "W-LABEL-ALIKE",
         "plots.csv", "treatment", 3),
    Case("flux in another unit",
         table("fluxes", "plot,CO2通量\n" + "".join(f"P{i},{280 + i}\n" for i in range(6))), "W-UNIT-FLUX",
         "fluxes.csv", "CO2通量", 2),
    Case("percent sign in another unit", soil(rows({4: "P2,0,20,8.9,2.4,0.52%"})), "E-PERCENT", "soil.csv",
         "soil_organic_carbon", 4),
    Case("layer that became a date", soil("plot,土层\nP1,0-10\nP1,2024-10-20\nP1,20-40\n"), "E-LAYER", "soil.csv",
         "土层", 3),
    Case("layers that all became dates", soil("plot,深度\nP1,10月20日\nP2,10月20日\n"), "E-LAYER", "soil.csv",
         "深度", 2),
    Case("layer in words among ranges", soil("plot,土层(cm)\nP1,0-10\nP1,deep\nP2,20-40\nP2,0-10\n"), "E-LAYER",
         "soil.csv", "土层(cm)", 3),
    Case("range upside down", soil("plot,土层(cm)\nP1,0-10\nP2,40-20\n"), "E-DEPTH-ORDER", "soil.csv", "土层(cm)", 3),
    Case("merged title", workbook(_title), "E-MERGED", "soil.xlsx", row=1),
    Case("title that is not merged", workbook(_plain_title), "E-HEADING-WIDTH", "soil.xlsx", row=1),
    Case("merged headings", workbook(_merged_headings), "E-MERGED", "soil.xlsx", row=1),
    Case("no study.toml", lambda f: write(f, "soil.csv", rows()), "E-STUDY-MISSING", "study.toml"),
    Case("study.toml in GBK", lambda f: write(f, "study.toml", '[study]\ntitle = "盐碱地"\n'.encode("gbk")),
         "E-STUDY-ENCODING", "study.toml"),
    Case("toml without quotes", toml(HEAD + '[tables.soil]\nfile = soil.csv\nkind = "soil"\n'),
         "E-STUDY-TOML", "study.toml", row=4),
    Case("unknown key", toml(HEAD + SOIL + 'delimeter = ";"\n'), "E-STUDY-KEY", "study.toml",
         "tables.soil.delimeter", 6),
    Case("title lacks", toml("[study]\nseed = 3\n" + SOIL), "E-STUDY-LACKS", "study.toml", "study.title"),
    Case("value out of range", toml(HEAD + "utc_offset = 800\n" + SOIL), "E-STUDY-VALUE", "study.toml",
         "study.utc_offset", 3),
    Case("unknown kind", toml(HEAD + '[tables.soil]\nfile = "soil.csv"\nkind = "soils"\n'), "E-STUDY-KIND",
         "study.toml", "tables.soil.kind", 5),
    Case("unknown field", toml(HEAD + SOIL + '[tables.soil.columns]\nx = "ph_watre"\n'), "E-STUDY-FIELD",
         "study.toml", "tables.soil.columns.x", 7),
    Case("unknown calibration",
         toml(HEAD + SOIL + '[tables.soil.columns]\nx = {field = "soil_moisture_raw", calibration = "teros"}\n'),
         "E-STUDY-CALIBRATION", "study.toml", "tables.soil.columns.x", 7),
    Case("pattern without group", toml(HEAD + SOIL + '[tables.soil.split]\ncore = {column = "plot", pattern = "^P"}\n'),
         "E-STUDY-PATTERN", "study.toml", "tables.soil.split.core", 7),
    Case("pattern broken", toml(HEAD + SOIL + '[tables.soil.split]\ncore = {column = "plot", pattern = "(P"}\n'),
         "E-STUDY-PATTERN", "study.toml", "tables.soil.split.core", 7),
    Case("reference not in order",
         toml(HEAD + SOIL + '[[design.factors]]\nfield = "treatment"\nreference = "contol"\norder = ["control"]\n'),
         "E-STUDY-REFERENCE", "study.toml", "design.factors.reference", 8),
    Case("path upwards", toml(HEAD + '[tables.soil]\nfile = "../soil.csv"\nkind = "soil"\n'), "E-STUDY-PATH",
         "study.toml", "tables.soil.file", 4),
    Case("path absolute", toml(HEAD + '[tables.soil]\nfile = "/etc/passwd"\nkind = "soil"\n'), "E-STUDY-PATH",
         "study.toml", "tables.soil.file", 4),
    Case("path of a drive", toml(HEAD + '[tables.soil]\nfile = "C:/soil.csv"\nkind = "soil"\n'), "E-STUDY-PATH",
         "study.toml", "tables.soil.file", 4),
    Case("link out of the folder", link_out, "E-STUDY-PATH", "study.toml", "tables.soil.file"),
    Case("file missing", soil(None), "E-FILE-MISSING", "soil.csv"),
    Case("file is a folder", a_folder, "E-FILE-FOLDER", "soil.csv"),
    Case("file empty", soil(b""), "E-FILE-EMPTY", "soil.csv"),
    Case("file of blanks", soil(b"\n\n  \n"), "E-FILE-EMPTY", "soil.csv"),
    Case("headings only", soil(GOOD), "E-TABLE-EMPTY", "soil.csv"),
    Case("example row only", soil(GOOD + "example P01,0,20,8.5,1.0,5\n"), "E-TABLE-EMPTY", "soil.csv"),
    Case("pdf named csv", soil(b"%PDF-1.7\n%abc\n"), "E-FILE-FORMAT", "soil.csv"),
    Case("csv named xlsx", soil(rows(), "soil.xlsx"), "E-FILE-FORMAT", "soil.xlsx"),
    Case("binary", soil(b"plot\x00\x01\x02,pH\n\x00"), "E-FILE-FORMAT", "soil.csv"),
    Case("old xls", soil(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "soil.xls"), "E-EXCEL-OLD", "soil.xls"),
    Case("encrypted xlsx",
         soil(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "soil.xlsx"),
         "E-EXCEL-ENCRYPTED", "soil.xlsx"),
    Case("zip that is no workbook", soil(b"PK\x05\x06" + bytes(18), "soil.xlsx"), "E-FILE-FORMAT", "soil.xlsx"),
    Case("zip bomb", zip_bomb, "E-ZIP-BOMB", "soil.xlsx"),
    Case("gzip bomb", gz_bomb, "E-ZIP-BOMB", "soil.csv.gz"),
    Case("truncated gz", cut_gz, "E-FILE-DAMAGED", "soil.csv.gz"),
    Case("truncated parquet", cut_parquet, "E-FILE-DAMAGED", "soil.parquet"),
    Case("truncated xlsx", cut_xlsx, "E-FILE-DAMAGED", "soil.xlsx"),
    Case("sheet missing", workbook(_nothing, 'sheet = "dta"\n'), "E-SHEET-MISSING", "soil.xlsx"),
    Case("sheet empty", workbook(_clear), "E-SHEET-EMPTY", "soil.xlsx"),
    Case("a cell far away", workbook(_far), "E-SHEET-SIZE", "soil.xlsx", row=1_048_576),
    Case("merged cells", workbook(_merge), "E-MERGED", "soil.xlsx", row=3),
    Case("text in numbers of a workbook", workbook(_remark), "E-NUMBER", "soil.xlsx", "ph_water", 4),
    Case("mixed encodings",
         soil(rows().replace("P1", "盐池").encode() + "碱滩,0,20,8.1,0.9,6.1\n".encode("gb18030")),
         "E-ENCODING-MIXED", "soil.csv", row=7),
    Case("wrong encoding declared", soil(GBK, extra='encoding = "utf-8"\n'), "E-ENCODING", "soil.csv", row=3),
    Case("unknown encoding", soil(GBK, extra='encoding = "hanzi"\n'), "E-ENCODING-NAME", "soil.csv"),
    Case("quote not closed", soil(rows({4: '"P2,0,20,8.9,2.4,5.2'})), "E-QUOTE", "soil.csv", row=4),
    Case("ragged row", soil(rows({5: "P3,0,20,9.4,4.1"})), "E-RAGGED", "soil.csv", row=5),
    Case("a cell too many", soil(rows({4: "P2,0,20,8,9,2.4,5.2"})), "E-RAGGED", "soil.csv", row=4),
    Case("title above the headings", soil("Soil of 2024\n" + rows()), "E-HEADING-WIDTH", "soil.csv", row=1),
    Case("heading twice", soil("plot,ph_water,ph_water\n,1,1\nP1,8.1,8.2\n"), "E-HEADING-TWICE", "soil.csv",
         "ph_water", 1),
    Case("a column and a constant for one field",
         soil(rows(), extra='constant = {plot = "P"}\n[tables.soil.columns]\nplot = "plot"\n'),
         "E-FIELD-TWICE", "soil.csv", "plot", 1),
    Case("damaged inside", rotten_xlsx, "E-FILE-DAMAGED", "soil.xlsx"),
    Case("declared form that looks like ISO",
         table("sensors", TWELVE + "2024-25-01,12\n2024-01-25,12\n", extra='time_format = "%Y-%d-%m"\n'),
         "E-TIME-FORMAT", "sensors.csv", "time", 4),
    Case("two columns for one field", soil("plot,pH,ph_water\n,1,1\nP1,8.1,8.2\n"), "E-FIELD-TWICE", "soil.csv",
         "ph_water", 1),
    Case("mapped column absent", soil(rows(), extra='[tables.soil.columns]\nSOCC = "soil_organic_carbon"\n'),
         "E-COLUMN-ABSENT", "soil.csv", "SOCC", 1),
    Case("split column absent",
         soil(rows(), extra='[tables.soil.split]\ncore = {column = "plott", pattern = "(.)"}\n'),
         "E-COLUMN-ABSENT", "soil.csv", "plott", 1),
    Case("required column lacks", table("sensors", "sensor,soil_temperature\nT1,12\n"), "E-COLUMN-REQUIRED",
         "sensors.csv", "time", 1),
    Case("huge cell", soil(rows({5: "P" * 40_000 + ",0,20,9.4,4.1,3.9"})), "E-CELL-HUGE", "soil.csv", "plot", 5),
    Case("formula in text", soil(rows({4: "=cmd|'/c calc'!A0,0,20,8.9,2.4,5.2"})), "E-FORMULA", "soil.csv", "plot", 4),
    Case("formula in numbers", soil(rows({4: "P2,0,20,=D3+1,2.4,5.2"})), "E-FORMULA", "soil.csv", "ph_water", 4),
    Case("formula behind plus", soil(rows({4: "+SUM(1),0,20,8.9,2.4,5.2"})), "E-FORMULA", "soil.csv", "plot", 4),
    Case("text in numbers", soil(rows({6: "P4,0,20,8.4,high,5.8"})), "E-NUMBER", "soil.csv", "ec_1_5", 6),
    Case("letter O for zero", soil(rows({6: "P4,0,2O,8.4,1.2,5.8"})), "E-NUMBER", "soil.csv", "depth_bottom", 6),
    Case("decimal comma", soil(rows().replace(",", ";").replace("8.9", "8,9")), "E-DECIMAL-COMMA", "soil.csv",
         "ph_water", 4),
    Case("decimal point where comma is declared",
         soil(rows().replace(",", ";").replace(".", ",").replace("9,4", "9.4"), extra='decimal = ","\n'),
         "E-DECIMAL-POINT", "soil.csv", "ph_water", 5),
    Case("thousands", soil(rows({4: 'P2,0,20,8.9,"1,002.4",5.2'})), "E-THOUSANDS", "soil.csv", "ec_1_5", 4),
    Case("unit of another dimension", soil(rows().replace("dS/m", "g/kg")), "E-UNIT-DIMENSION", "soil.csv", "ec_1_5",
         1),
    Case("unknown unit", soil(rows().replace("dS/m", "dS/mm2x")), "E-UNIT-UNKNOWN", "soil.csv", "ec_1_5", 1),
    Case("unknown unit in study.toml",
         soil(rows(), extra='[tables.soil.columns]\nec_1_5 = {field = "ec_1_5", unit = "milliSi"}\n'),
         "E-UNIT-UNKNOWN", "soil.csv", "ec_1_5", 1),
    Case("magnitude of another unit", table("sensors", SENSORS + MOIST), "W-UNIT-MAGNITUDE", "sensors.csv",
         "soil_moisture", 3),
    Case("swapped columns", table("plots", LATLON), "E-SWAPPED", "plots.csv", "latitude", 2),
    Case("pH and EC swapped", soil(rows().replace("ph_water,ec_1_5", "ec_1_5,ph_water").replace(",1,dS/m", ",dS/m,1")),
         "E-SWAPPED", "soil.csv", "ph_water", 3),
    Case("layer upside down", soil(rows({5: "P3,40,20,9.4,4.1,3.9"})), "E-DEPTH-ORDER", "soil.csv", "depth_bottom", 5),
    Case("layer without thickness", soil(rows({5: "P3,20,20,9.4,4.1,3.9"})), "E-DEPTH-ORDER", "soil.csv",
         "depth_bottom", 5),
    Case("plot twice", table("plots", "plot,treatment\nP1,control\nP2,gypsum\nP1,gypsum\n"), "E-DUPLICATE", "plots.csv",
         "plot", 4),
    Case("soil row twice", soil(rows({6: ROWS[0]})), "W-DUPLICATE", "soil.csv", "plot + depth_top + depth_bottom", 6),
    Case("treatment not declared", table("plots", "plot,treatment\nP1,control\nP2,gypsm\n", more=FACTOR),
         "E-CLASS-UNDECLARED", "plots.csv", "treatment", 3),
    Case("reference never occurs", table("plots", "plot,treatment\nP1,gypsum\nP2,gypsum\n", more=FACTOR),
         "E-CLASS-REFERENCE", "plots.csv", "treatment"),
    Case("ambiguous date", table("sensors", TWELVE + "03/04/2024,12\n05/04/2024,12\n"), "E-TIME-AMBIGUOUS",
         "sensors.csv", "time", 3),
    Case("day and month mixed", table("sensors", TWELVE + "03/25/2024,12\n25/04/2024,12\n05/06/2024,1\n"),
         "E-TIME-ORDER", "sensors.csv", "time", 3),
    Case("time of day without a date", table("sensors", TWELVE + "2024-03-04 10:00,12\n10:30,12\n"), "E-TIME-NO-DATE",
         "sensors.csv", "time", 4),
    Case("date written once for many rows",
         table("sensors", "sensor,date,time,soil_temperature\n,,,degC\nT,2024-03-04,10:00,12\nT,,10:30,12\n"),
         "E-TIME-NO-DATE", "sensors.csv", "time", 4),
    Case("no such day", table("sensors", TWELVE + "2024-02-29,12\n2023-02-29,12\n"), "E-TIME", "sensors.csv", "time",
         4),
    Case("time of another form", table("sensors", TWELVE + "04.03.24 10:00,12\n2024-03-04,2\n",
         extra='time_format = "%d.%m.%y %H:%M"\n'), "E-TIME-FORMAT", "sensors.csv", "time", 4),
    Case("zone on some stamps", table("sensors", TWELVE + "2024-03-04T10:00+08:00,12\n2024-03-04T10:30,12\n"),
         "E-TIME-MIXED", "sensors.csv", "time", 3),
    Case("hour repeated in autumn",
         table("sensors", stamps("2024-10-26 20:00", 30, 24, twice=("2024-10-27 02:00", "2024-10-27 02:30"))),
         "E-TIME-DST", "sensors.csv", "time", 17),
    Case("hour left out in spring",
         table("sensors", stamps("2024-03-30 20:00", 30, 24, skip=("2024-03-31 02:00", "2024-03-31 02:30"))),
         "W-TIME-DST", "sensors.csv", "time", 15),
    Case("end of an unknown interval", table("sensors", TWELVE + "2024-03-04 10:00,12\n", extra='timestamp = "end"\n'),
         "E-INTERVAL", "sensors.csv", "time"),
    Case("split that does not fit",
         soil(rows(), extra='[tables.soil.split]\ncore = {column = "plot", pattern = "^P([12])$"}\n'),
         "E-SPLIT", "soil.csv", "plot", 5),
    Case("constant that is no number", soil(rows(), extra='constant = {latitude = "north"}\n'), "E-CONSTANT",
         "soil.csv",
         "latitude"),
    Case("calibration of another field",
         table("sensors", "time,ec\n2024-03-04 10:00,1\n",
               extra='[tables.sensors.columns]\nec = {field = "soil_ec_bulk", calibration = "teros12_mineral"}\n'),
         "E-CALIBRATION-FIELD", "sensors.csv", "ec", 1),
    Case("no samples across", table("counts", "taxon\nA\nB\n", extra='orientation = "taxa_rows"\n'), "E-COUNTS-SAMPLES",
         "counts.csv", row=1),
    Case("samples across though rows are declared", table("counts", "OTU,S1,S2,S3\nA,1,2,3\n"), "E-COUNTS-WIDE",
         "counts.csv", row=1),
    Case("formula never computed", workbook(_formula), "E-FORMULA-BLANK", "soil.xlsx", "D", 5),
    Case("unit and units row disagree",
         soil(rows(), extra='[tables.soil.columns]\nec_1_5 = {field = "ec_1_5", unit = "uS/cm"}\n'),
         "W-UNIT-CONFLICT", "soil.csv", "ec_1_5", 2),
    Case("sample without reads", table("counts", "OTU,S1,S2\nA,1,0\n", extra='orientation = "taxa_rows"\n'),
         "W-SAMPLE-EMPTY", "counts.csv", "S2"),
    Case("counts that were transformed", table("counts", "sample,taxon,count\nS1,A,3\nS1,B,2.5\n"), "W-COUNT-FRACTION",
         "counts.csv", "count", 3),
    Case("unit without its substance", soil("plot,co2_flux\n,mg/m2/h\nP1,3\n"), "E-UNIT-SUBSTANCE", "soil.csv",
         "co2_flux", 1),
    Case("lists in a parquet column", nested, "E-COLUMN-NESTED", "soil.parquet", "layers"),
    Case("negative counts", table("counts", "sample,taxon,count\nS1,A,3\nS1,B,-2\n"), "E-COUNT-NEGATIVE", "counts.csv",
         "count", 3),
    Case("below detection", soil(rows({4: "P2,0,20,8.9,<0.05,5.2"})), "W-CENSORED", "soil.csv", "ec_1_5", 4),
    Case("unknown heading", soil(rows().replace("soil_organic_carbon", "soilorgC_x")), "W-COLUMN-UNKNOWN", "soil.csv",
         "soilorgC_x"),
    Case("column without heading", soil(rows().replace("soil_organic_carbon", "")), "W-COLUMN-UNNAMED", "soil.csv",
         "#6", 1),
    Case("unknown code", table("plots", "plot,treatment\nP1,C\nP2,X\n",
         extra='codes = {treatment = {C = "control"}}\n'),
         "W-CODE-UNKNOWN", "plots.csv", "treatment", 3),
    Case("plot called NA", soil(rows({4: "NA,0,20,8.9,2.4,5.2"})), "W-LABEL-MISSING", "soil.csv", "plot", 4),
    Case("row of plots without a plot", table("plots", "plot,treatment\nP1,control\n,gypsum\n"), "E-PLOT-NAMELESS",
         "plots.csv", "plot", 3),
    Case("layer and depths disagree",
         soil("plot,layer,depth_top,depth_bottom\nP1,0-20,0,20\nP1,20-40,0,20\n"), "E-LAYER-CONTRADICTS",
         "soil.csv", "layer", 3),
    Case("layers in metres", soil("plot,layer\nP1,0-0.2\nP1,0.2-0.4\n"), "W-DEPTH-METRES", "soil.csv", "layer", 2),
    Case("analyser as a table of concentrations", analysers(kind="chamber_concentrations", a=li_7810()),
         "E-INSTRUMENT-KIND", "a.data"),
    Case("columns of an analyser declared", analysers(a=li_7810(), extra='columns = {CO2 = "co2_mole_fraction"}\n'),
         "E-INSTRUMENT-SETTING", "a.data"),
    Case("unknown thing of an analyser ignored", analysers(a=li_7810(), extra='ignore = ["n2o"]\n'),
         "W-INSTRUMENT-IGNORE", "a.data"),
    Case("file of another kind as analyser", analysers(a="plot,ph\nP1,8\n", extra='format = "instrument"\n'),
         "E-INSTRUMENT-UNKNOWN", "a.data"),
    Case("area of a chamber ignored", no_area, "E-INSTRUMENT-REQUIRED", "a.81x"),
    Case("a file copied twice", analysers(a=li_7810(), b=li_7810(10)), "W-RECORD-TWICE", "b.data", "time", 8),
    Case("two files meet", analysers(a=li_7810(), b=li_7810(17, co2=500)), "W-RECORD-OVERLAP", "b.data", "time", 8),
    Case("two analysers in one table", analysers(a=li_7810(), b=li_7810(5, co2=500)), "E-RECORD-OVERLAP", "b.data",
         "time", 8),
    Case("one of two files", one_of_two, "E-NUMBER", "field/b.csv", "ph_water", 4),
]  # fmt: skip

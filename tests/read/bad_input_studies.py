"""Studies with one thing wrong: what the cases of bad input are built with."""

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
            sheet.append([cell(c) for c in line.split(",")])
        change(book, sheet)
        book.save(folder / name)

    return build


def cell(text: str) -> str | float | None:
    try:
        return float(text)
    except ValueError:
        return text or None


def clear(book: object, sheet: object) -> None:
    sheet.delete_rows(1, 50)  # type: ignore[attr-defined]


def merge(book: object, sheet: object) -> None:
    sheet.merge_cells("A3:A4")  # type: ignore[attr-defined]


def far(book: object, sheet: object) -> None:
    sheet["XFD1048576"] = 1  # type: ignore[index]


def remark(book: object, sheet: object) -> None:
    sheet["D4"] = "8.9 perhaps"  # type: ignore[index]


def formula_cell(book: object, sheet: object) -> None:
    sheet["D5"] = "=D3+1"  # type: ignore[index]


def nothing(book: object, sheet: object) -> None:
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
    workbook(nothing)(folder)
    whole = (folder / "soil.xlsx").read_bytes()
    (folder / "soil.xlsx").write_bytes(whole[: len(whole) // 2])


def rotten_xlsx(folder: Path) -> None:
    workbook(nothing)(folder)
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


def rows_of_several(folder: Path) -> None:
    one_of_two(folder)
    study(folder, '[tables.soil]\nfile = "field/*.csv"\nkind = "soil"\nleave_out = [4]')


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

"""From the file named in study.toml to a grid, whatever its format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from halosink.problems import Problem, did_you_mean
from halosink.read.content import gunzip, kind_of, kind_of_bytes, scan
from halosink.read.records import Grid, Stop
from halosink.settings import FILE, TableSettings

TEXTS = ("csv", "tsv", "toa5")


def paths(folder: Path, pattern: str) -> list[Path]:
    """The files a pattern stands for, sorted. Raises Stop if there is none or one lies outside the folder."""
    if any(c in pattern for c in "*?["):
        found = sorted(p for p in folder.glob(pattern) if p.is_file() and _is_data(p.relative_to(folder)))
    else:
        found = [folder / pattern] if (folder / pattern).exists() else []
    if not found:
        others = [p.relative_to(folder).as_posix() for p in sorted(folder.glob("**/*"))[:5000] if p.is_file()]
        data = [o for o in others if not o.startswith("results/") and o != "study.toml"]
        values = {"meant": did_you_mean(pattern, data) or "-", "files": ", ".join(data[:10]) or "-"}
        raise Stop(Problem("E-FILE-MISSING", pattern, values=values))
    root = folder.resolve()
    for path in found:
        if not path.resolve().is_relative_to(root):
            raise Stop(Problem("E-STUDY-PATH", pattern, values={"path": str(pattern)}))
        if path.is_dir():
            raise Stop(Problem("E-FILE-FOLDER", pattern))
    return found


def _is_data(path: Path) -> bool:
    """Not a result of ours, study.toml or the lock file of an open workbook."""
    return path.parts[0] != "results" and path.as_posix() != FILE and not path.name.startswith("~$")


def open_grid(path: Path, name: str, settings: TableSettings, like: Sequence[str]) -> tuple[Grid, list[Problem]]:
    """The grid of a file, and what was assumed to read it. `like` names sheets to prefer. Raises Stop."""
    try:
        if path.stat().st_size == 0:
            raise Stop(Problem("E-FILE-EMPTY", name))
        return _open(path, name, settings, like)
    except OSError as error:
        raise Stop(Problem("E-FILE-DAMAGED", name, values={"reason": error.strerror or str(error)})) from None


def _open(path: Path, name: str, settings: TableSettings, like: Sequence[str]) -> tuple[Grid, list[Problem]]:
    found = kind_of(path)
    data = None
    if found == "gz":
        data = gunzip(path, name)
        found = kind_of_bytes(data[:4096])
    form = settings.format
    if found == "xls":
        raise Stop(Problem("E-EXCEL-ENCRYPTED" if _encrypted(path) else "E-EXCEL-OLD", name))
    if found in ("pdf", "binary") or (data is not None and found in ("xlsx", "parquet")):
        raise Stop(Problem("E-FILE-FORMAT", name, values={"format": form, "found": found}))
    text = found in ("text", "toa5")
    if (form in TEXTS and not text) or (form in ("xlsx", "parquet") and form != found):
        raise Stop(Problem("E-FILE-FORMAT", name, values={"format": form, "found": found}))
    if form == "auto" and text and path.suffix.lower() in (".xlsx", ".xls", ".xlsm", ".parquet"):
        raise Stop(Problem("E-FILE-FORMAT", name, values={"format": path.suffix[1:], "found": found}))
    if found == "xlsx":
        from halosink.read.excel import ExcelGrid

        book = ExcelGrid(path, name, settings.sheet, like)
        return book, book.problems
    if found == "parquet":
        from halosink.read.parquet import ParquetGrid

        return ParquetGrid(path, name), []
    look = scan(path, name, settings.encoding, data)
    if found == "toa5" or form == "toa5":
        from halosink.read.toa5 import Toa5Grid

        return Toa5Grid(path, name, look, ","), look.notes
    from halosink.read.text import TextGrid

    return TextGrid(path, name, look, settings.delimiter or ("\t" if form == "tsv" else "")), look.notes


def _encrypted(path: Path) -> bool:
    """An OLE file that wraps an encrypted xlsx (MS-OFFCRYPTO names the stream EncryptedPackage)."""
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()

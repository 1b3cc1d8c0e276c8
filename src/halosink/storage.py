"""Files of the results: written by their suffix, tables read back column by column."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink.problems import Problem, UserError

if TYPE_CHECKING:
    import pandas as pd

DISK = (errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.ENOSPC, errno.EPERM, errno.EROFS)
ROWS = 1 << 17
"""Own choice: rows per group of a Parquet file, so that a column is packed and unpacked in parts of 1 MiB."""


def folder(path: Path) -> None:
    """Make a folder for results. Raises UserError E-RESULTS-WRITE if it cannot be written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / ".lock").touch()
    except OSError as error:
        raise UserError([_unwritable(path, error)]) from None


def raise_if_disk(error: Exception, path: Path) -> None:
    """Raise UserError E-RESULTS-WRITE if the disk is full or closed to us: that is no fault of the program."""
    if isinstance(error, OSError) and error.errno in DISK:
        raise UserError([_unwritable(path, error)]) from error


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem("E-RESULTS-WRITE", file=str(path), values={"folder": str(path), "reason": error.strerror or error})


@contextmanager
def locked(results: Path) -> Iterator[None]:
    """Hold a folder of results; the operating system lets go when the process dies, however it dies.

    Raises UserError E-STUDY-LOCKED if another run holds it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(results / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise UserError([Problem("E-STUDY-LOCKED", file=str(results), values={"folder": str(results)})]) from None
    try:
        yield
    finally:
        lock.release()


def file_hash(path: Path) -> str:
    """sha256 of the bytes of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(path: Path, value: Any) -> str:
    """Write a DataFrame (.parquet), plain data (.json), a string (.csv, .html, ...) or move a file that is given by its
    path; gives the hash of the bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(value, Path):
        os.replace(value, path)
        return file_hash(path)
    if path.suffix == ".parquet":
        repeating = [c for c in value if value[c].dtype.kind not in "fiuMb"]
        value.to_parquet(path, index=False, compression="lz4", use_dictionary=repeating or False, row_group_size=ROWS)
    elif path.suffix == ".json":
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
    else:
        path.write_text(value, "utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="\n")
    return file_hash(path)


def replace_json(path: Path, value: Any) -> None:
    """Write plain data so that a reader sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    os.replace(part, path)


def frame(path: Path, categories: bool = False) -> pd.DataFrame:
    """A table of the results. With `categories`, text that was stored as such stays so: a code per row.

    One column is unpacked after the other, so that the table is never held twice.
    """
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

    columns: dict[str, pd.Series] = {}
    with parquet.ParquetFile(path) as file:
        for name in file.schema_arrow.names:
            column = file.read([name]).column(0).to_pandas()
            text = isinstance(column.dtype, pd.CategoricalDtype) and not categories
            columns[name] = column.astype("str") if text else column
        pa.default_memory_pool().release_unused()
        return pd.DataFrame(columns, index=pd.RangeIndex(file.metadata.num_rows), copy=False)

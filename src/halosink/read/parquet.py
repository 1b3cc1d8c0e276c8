"""Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from halosink.read.records import Grid, Stop, Want


class ParquetGrid(Grid):
    """A Parquet file; rows are numbered from 1, for it has no heading row."""

    heading_row = 0

    def __init__(self, path: Path, name: str):
        import pyarrow as pa
        from pyarrow import parquet

        self.file, self.path = name, path
        try:
            self._file = parquet.ParquetFile(path)
            schema = self._file.schema_arrow
            first = next(self._file.iter_batches(60), None)
            if first is not None:
                first.validate(full=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Stop(self.problem("E-FILE-DAMAGED", reason=str(error).split("\n")[0])) from None
        self.headings = [h.strip() for h in schema.names]
        nested = [f.name for f in schema if pa.types.is_nested(f.type)]
        if nested:
            raise Stop(self.problem("E-COLUMN-NESTED", ", ".join(nested)))
        columns = [] if first is None else [column.to_pylist() for column in first.columns]
        self.head = [["" if v is None else str(v) for v in row] for row in zip(*columns, strict=True)]

    def load(self, skip: int, want: Mapping[int, Want], decimal: str) -> tuple[dict[int, Any], Any]:
        import numpy as np
        import pyarrow as pa

        try:
            table = self._file.read(columns=[self._file.schema_arrow.names[p] for p in want]).slice(skip)
            table.validate(full=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Stop(self.problem("E-FILE-DAMAGED", reason=str(error).split("\n")[0])) from None
        arrays = {p: _plain(table.column(i), w) for i, (p, w) in enumerate(want.items())}
        return arrays, np.arange(skip + 1, skip + 1 + table.num_rows, dtype=np.int64)


def _plain(array: Any, want: Want) -> Any:
    """float64, timestamp or text."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.cast(kind.value_type)
        kind = array.type
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if number and want != "text":
        return array.cast(pa.float64(), safe=False)
    if pa.types.is_timestamp(kind):
        return array
    if pa.types.is_date(kind):
        return array.cast(pa.timestamp("us"))
    return array.cast(pa.string())

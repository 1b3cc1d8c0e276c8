"""Files of the twin: CSV with a row of units, one XLSX, the same bytes for the same content."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

import pandas as pd

_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}
_WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def csv_text(frame: pd.DataFrame, units: dict[str, str]) -> str:
    """Names, units, then the rows; missing numbers as -9999, as loggers write them."""
    head = [",".join(frame.columns)]
    if units:
        head.append(",".join(units.get(c, "") for c in frame.columns))
    body = frame.to_csv(index=False, header=False, lineterminator="\n", na_rep="-9999", date_format="%Y-%m-%d %H:%M:%S")
    return "\n".join(head) + "\n" + body


def xlsx_bytes(frame: pd.DataFrame, units: dict[str, str], sheet: str) -> bytes:
    """A workbook of one sheet: names, units, rows. Fixed time stamps, so equal content gives equal bytes."""
    rows = [list(frame.columns), [units.get(c, "") for c in frame.columns], *frame.to_numpy(dtype=object).tolist()]
    lines = "".join(
        f'<row r="{i}">' + "".join(_cell(v, f"{_letters(j)}{i}") for j, v in enumerate(row)) + "</row>"
        for i, row in enumerate(rows, 1)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        **_PARTS,
        "xl/workbook.xml": _WORKBOOK.format(name=escape(sheet)),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>{lines}</sheetData></worksheet>',
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in parts.items():
            pack.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), (_HEAD + text).encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _cell(value: object, at: str) -> str:
    if isinstance(value, (int, float)):
        return f'<c r="{at}"><v>{value!r}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' if value != "" else ""


def _letters(column: int) -> str:
    return chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)

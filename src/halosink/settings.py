"""The records of study.toml. Defaults live here and nowhere else; unknown keys are refused."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from halosink import vocabulary
from halosink.contracts import Text
from halosink.problems import Problem, UserError, did_you_mean
from halosink.settings_both import Bilingual, Both
from halosink.settings_chamber import Chamber
from halosink.settings_eddy import Eddy
from halosink.settings_greenhouse import Greenhouse
from halosink.settings_mistakes import backslash, mistake
from halosink.settings_model import Model
from halosink.settings_reasons import reason as said_why
from halosink.settings_region import Region, files, mistakes
from halosink.settings_soil import Soil

FILE = "study.toml"
Name = Annotated[str, Field(pattern=r"^[^\W\d_]\w{0,39}$")]
"""Of a table, in any script; it names files of the results, so it holds letters, digits and _ only."""


NAMING = Text(
    "a table name begins with a letter (of any script) and holds letters, digits and _ only, at most 40",
    "数据表名称须以字母或汉字开头，只能含字母、汉字、数字和下划线，最多 40 个字符",
)


TWELVE = Text("twelve numbers, January to December", "须为十二个数，1 月至 12 月")


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Record):
    """What one column of a file holds."""

    field: str = Field(description="name of the field in the vocabulary (halosink explain FIELD)")
    unit: str = Field(
        "", description="unit of the numbers in the file; empty: the units row, else the field's own unit"
    )
    sensor: str = Field("", description="which probe of the logger this column belongs to")
    calibration: str = Field("", description="named calibration that turns the reading into the field")
    depth: float | None = Field(None, description="depth of the probe, cm")
    per: Literal["", "core", "plot", "block", "site"] = Field(
        "", description="measured once per core, plot, block or site though repeated in each row"
    )


def _column(value: Any) -> Any:
    return {"field": value} if isinstance(value, str) else value


class Split(Record):
    """A field cut out of another column by a regular expression with one group."""

    column: str = Field(description="column of the file to cut from")
    pattern: str = Field(description='e.g. "^(.+)_D[12]$": the group in brackets is kept')


class TableSettings(Record):
    """One table of the study."""

    file: str = Field(description="file inside the study folder; * stands for several files of one form")
    kind: str = Field(description="kind of table: soil, sensors, fluxes ... (halosink explain tables)")
    format: Literal["auto", "csv", "tsv", "xlsx", "parquet", "toa5", "instrument"] = "auto"
    sheet: str = Field("", description="sheet of an xlsx file; empty: the first, or the one named like the table")
    delimiter: str = Field("", description="delimiter; empty: found out")
    encoding: str = Field("", description="encoding; empty: UTF-8, else GB18030")
    decimal: Literal[".", ","] = "."
    missing: tuple[str, ...] = Field((), description="codes for missing beside the usual ones (NA, NAN, -9999 ...)")
    units_row: bool | None = Field(None, description="whether row 2 holds units; empty: found out")
    orientation: Literal["rows", "taxa_rows"] = Field("rows", description="taxa_rows: taxa down, samples across")
    timestamp: Literal["instant", "start", "middle", "end"] = Field(
        "instant", description="what a time stamp marks of its averaging interval"
    )
    interval_minutes: float | None = Field(None, gt=0, description="averaging interval; empty: the commonest step")
    utc_offset: float | None = Field(None, ge=-14, le=14, description="clock of the file, hours ahead of UTC")
    time_format: str = Field("", description="strptime format; empty: ISO 8601 or Excel date")
    columns: dict[str, Annotated[Column, BeforeValidator(_column)]] = Field({}, description="file's column = field")
    split: dict[str, Split] = Field({}, description="fields cut out of another column")
    constant: dict[str, str | float] = Field({}, description="fields that hold for the whole file, e.g. site")
    codes: dict[str, dict[str, str]] = Field({}, description="per field, what each code in the file means")
    ignore: tuple[str, ...] = Field((), description="columns left out on purpose")
    keep: dict[str, tuple[str, ...]] = Field(
        {}, description="per column of the file the values whose rows are read; empty: every row"
    )
    leave_out: tuple[int, ...] = Field(
        (), description="rows left out on purpose, by the row numbers that messages name; of a single file"
    )


def _label(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip()


Label = Annotated[str, AfterValidator(_label)]
"""Name of a class, in characters of ordinary width as the tables are read."""


class Factor(Record):
    """What sets the classes that are compared."""

    field: str = Field(description="field that holds the class of each row, e.g. treatment")
    reference: Label = Field(description="class the others are compared with")
    order: tuple[Label, ...] = Field((), description="classes in the order to show; others in the data are refused")
    labels: dict[Label, Bilingual] = Field({}, description="how each class is called in either language")
    applied: bool | None = Field(
        None,
        description="true: applied plot by plot; false: a property of the ground, so neighbouring plots are not "
        "independent of it; empty: true for treatment, else false",
    )

    @property
    def landscape(self) -> bool:
        """Whether the class is a property of the ground."""
        return self.field != "treatment" if self.applied is None else not self.applied


class Gradient(Record):
    """A field along which others are regressed."""

    field: str
    transform: Literal["none", "log10"] = "none"


class Design(Record):
    """How the measurements were laid out."""

    factors: tuple[Factor, ...] = ()
    gradients: tuple[Gradient, ...] = ()
    site: str = Field("site", description="field naming independent sites")
    block: str = Field("block", description="field naming blocks within a site")
    unit: str = Field("plot", description="field naming the smallest thing that was treated independently")
    region: str = Field("region", description="field naming regions that hold several sites")


class Study(Record):
    title: Bilingual
    about: Bilingual = Both(en="", zh="")
    synthetic: bool = Field(False, description="true: data were generated, and the report says so first")
    utc_offset: float = Field(0.0, ge=-14, le=14, description="local standard time of the study, hours ahead of UTC")
    seed: int = Field(1, ge=0, description="seed of every random draw")
    citation: tuple[str, ...] = Field((), description="how to cite the data")
    licence: str = ""
    assumptions: tuple[Bilingual, ...] = Field(
        (), description="what was taken for granted about the data; the report says it"
    )


class Analysis(Record):
    confidence: float = Field(0.95, gt=0.5, lt=1, description="confidence level of all intervals")
    power: float = Field(0.8, gt=0.5, lt=1, description="statistical power of the minimum detectable change")
    quantities: tuple[str, ...] = Field((), description="fields to analyse; empty: every measured number")
    headline: tuple[str, ...] = Field((), description="fields that the answer speaks of first; empty: carbon first")
    draws: int = Field(2000, ge=100, le=100_000, description="bootstrap or Monte Carlo draws")


class Settings(Record):
    """study.toml"""

    study: Study
    tables: dict[Name, TableSettings] = {}
    design: Design = Design()
    analysis: Analysis = Analysis()
    chamber: Chamber = Chamber()
    eddy: Eddy = Eddy()
    greenhouse: Greenhouse = Greenhouse()
    model: Model = Model()
    region: Region = Region()
    soil: Soil = Soil()
    truth: str = Field("", description="synthetic studies: json file with the true values")


def load(folder: Path) -> Settings:
    """Read and check folder/study.toml.

    Raises UserError with every problem: no file, not TOML, unknown keys, wrong values, unknown fields,
    kinds or calibrations, references to undeclared classes, files outside the study folder.
    """
    path = folder / FILE
    if not path.is_file():
        raise UserError([Problem("E-STUDY-MISSING", file=str(path), values={"folder": str(folder)})])
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise UserError([Problem("E-STUDY-ENCODING", file=FILE, values={"byte": error.start})]) from None
    except tomllib.TOMLDecodeError as error:
        raise UserError([mistake(text, str(error))]) from None
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise UserError([_problem(e, text) for e in error.errors()]) from None
    if problems := list(_meaning(settings, folder, text)):
        raise UserError(problems)
    return settings


def schema() -> dict[str, Any]:
    """JSON Schema of study.toml, with the kinds and fields of the vocabulary as choices."""
    found = Settings.model_json_schema()
    definitions = found["$defs"]
    definitions["TableSettings"]["properties"]["kind"]["enum"] = sorted(vocabulary.table_kinds())
    for record in ("Column", "Factor", "Gradient"):
        definitions[record]["properties"]["field"]["enum"] = sorted(vocabulary.fields())
    return found


def line_of(text: str, path: tuple[Any, ...]) -> int:
    """Line of study.toml where a key path stands, as near as the text shows; 0 if not found."""
    lines = text.splitlines()
    keys = [str(p) for p in path if not isinstance(p, int)]
    section: list[str] = []
    best, depth = 0, 0
    for number, line in enumerate(lines, 1):
        stripped = line.split("#")[0].strip()
        if header := re.fullmatch(r"\[{1,2}\s*(.+?)\s*\]{1,2}", stripped):
            section = _keys(header.group(1))
            here = section
        elif "=" in stripped:
            here = section + _keys(stripped.split("=")[0])
        else:
            continue
        common = 0
        while common < min(len(here), len(keys)) and here[common] == keys[common]:
            common += 1
        if common == len(here) and common > depth:
            best, depth = number, common
    return best


def _keys(dotted: str) -> list[str]:
    return [k.strip("\"' ") for k in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted)]


def _allowed(path: tuple[Any, ...]) -> list[str]:
    """Keys that the record at this path knows."""
    record: type[BaseModel] = Settings
    for part in path:
        if str(part) in record.model_fields:
            record = _record_in(record.model_fields[str(part)].annotation) or record
    return list(record.model_fields)


def _record_in(annotation: Any) -> type[BaseModel] | None:
    """The record inside dict[str, Record], tuple[Record, ...] and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((r for a in get_args(annotation) if (r := _record_in(a))), None)


def _problem(error: Any, text: str) -> Problem:
    """A pydantic error as a Problem with the line of study.toml."""
    path = tuple(error["loc"])
    line = line_of(text, path)
    rows = (line,) if line else ()
    key = ".".join(str(p) for p in path if not (isinstance(p, str) and p.startswith("function-")))
    if error["type"] == "extra_forbidden":
        allowed = _allowed(path[:-1])
        return Problem(
            "E-STUDY-KEY",
            file=FILE,
            column=key,
            rows=rows,
            values={
                "key": str(path[-1]),
                "meant": did_you_mean(str(path[-1]), allowed) or "-",
                "allowed": ", ".join(allowed),
            },
        )
    if error["type"] == "missing":
        return Problem("E-STUDY-LACKS", file=FILE, column=key, rows=rows, values={"key": key})
    said = said_why(error["type"], error["msg"], error["input"], error.get("ctx", {}))
    why = NAMING if error["type"] == "string_pattern_mismatch" else said
    values = {"value": error["input"], "reason": why}
    return Problem("E-STUDY-VALUE", file=FILE, column=key, rows=rows, values=values)


def _at(code: str, where: tuple[str, ...], text: str, **values: str) -> Problem:
    """A problem of one key of study.toml, with its line."""
    line = line_of(text, where)
    return Problem(code, file=FILE, column=".".join(where), rows=(line,) if line else (), values=values)


def _meaning(settings: Settings, folder: Path, text: str) -> Any:
    """Problems that only the vocabulary and the folder can show."""
    fields, kinds, calibrations = vocabulary.fields(), vocabulary.table_kinds(), vocabulary.calibrations()

    def known(name: str, choices: Any, code: str, *path: str) -> Any:
        if name not in choices:
            meant = vocabulary.match(name) if choices is fields else ""
            yield _at(code, path, text, name=name, meant=meant or did_you_mean(name, choices) or "-")

    for name, table in settings.tables.items():
        at = ("tables", name)
        if problem := backslash(table.file, line_of(text, (*at, "file"))):
            yield problem
            continue
        yield from known(table.kind, kinds, "E-STUDY-KIND", *at, "kind")
        yield from _outside(table.file, folder, text, *at, "file")
        for heading, column in table.columns.items():
            yield from known(column.field, fields, "E-STUDY-FIELD", *at, "columns", heading)
            if column.calibration:
                yield from known(column.calibration, calibrations, "E-STUDY-CALIBRATION", *at, "columns", heading)
        for part in ("split", "constant", "codes"):
            for field in getattr(table, part):
                yield from known(field, fields, "E-STUDY-FIELD", *at, part, field)
        for field, split in table.split.items():
            try:
                groups = re.compile(split.pattern).groups
            except re.error as error:
                groups, reason = -1, str(error)
            else:
                reason = f"{groups} groups" if groups != 1 else ""
            if reason:
                yield _at("E-STUDY-PATTERN", (*at, "split", field), text, pattern=split.pattern, reason=reason)
    for factor in settings.design.factors:
        yield from known(factor.field, fields, "E-STUDY-FIELD", "design", "factors", "field")
        if factor.order and factor.reference not in factor.order:
            where = ("design", "factors", "reference")
            listed = ", ".join(factor.order)
            yield _at("E-STUDY-REFERENCE", where, text, reference=factor.reference, order=listed)
    numeric = {name for name, item in fields.items() if item.numeric}
    for gradient in settings.design.gradients:
        yield from known(gradient.field, fields, "E-STUDY-FIELD", "design", "gradients", "field")
        if gradient.field in {f.field for f in settings.design.factors} & numeric:
            yield _at("E-STUDY-BOTH", ("design", "gradients", "field"), text, name=gradient.field)
        if gradient.field in fields.keys() - numeric:
            yield _at("E-STUDY-GRADIENT", ("design", "gradients", "field"), text, name=gradient.field)
    yield from _twice("factors", [f.field for f in settings.design.factors], text)
    yield from _twice("gradients", [f"{g.field} ({g.transform})" for g in settings.design.gradients], text)
    for part in ("site", "block", "unit", "region"):
        yield from known(getattr(settings.design, part), fields, "E-STUDY-FIELD", "design", part)
    for part in ("quantities", "headline"):
        for field in getattr(settings.analysis, part):
            yield from known(field, fields, "E-STUDY-FIELD", "analysis", part)
    for field in settings.chamber.constant:
        yield from known(field, fields, "E-STUDY-FIELD", "chamber", "constant", field)
    for field in settings.soil.fraction_basis:
        yield from known(field, fields, "E-STUDY-FIELD", "soil", "fraction_basis", field)
    if settings.model.by:
        yield from known(settings.model.by, fields, "E-STUDY-FIELD", "model", "by")
    for name in ("temperature", "precipitation", "potential_evaporation"):
        if len(given := getattr(settings.model, name)) not in (0, 12):
            yield Problem(
                "E-STUDY-VALUE", FILE, column=f"model.{name}", values={"value": list(given), "reason": TWELVE}
            )
    for keys, value, why in mistakes(settings.region):
        line = line_of(text, keys)
        said = {"value": value, "reason": why}
        yield Problem("E-STUDY-VALUE", FILE, column=".".join(keys), rows=(line,) if line else (), values=said)
    for role, layer in settings.region.layers.items():
        yield from _outside(files(layer.file), folder, text, "region", "layers", role, "file")
    if settings.region.boundary:
        yield from _outside(settings.region.boundary, folder, text, "region", "boundary")
    if settings.truth:
        yield from _outside(settings.truth, folder, text, "truth")


def _twice(part: str, names: list[str], text: str) -> Any:
    """Factors or gradients that are declared more than once."""
    for name in dict.fromkeys(n for n in names if names.count(n) > 1):
        yield _at("E-STUDY-TWICE", ("design", part), text, name=name, part=part)


def _outside(file: str, folder: Path, text: str, *path: str) -> Any:
    """A path that leads out of the study folder, by .., an absolute path or a link."""
    pure = Path(file)
    escapes = pure.is_absolute() or ".." in pure.parts or re.match(r"^([A-Za-z]:|\\\\|~)", file) is not None
    if not escapes:
        root = folder.resolve()
        targets = list(folder.glob(file)) if any(c in file for c in "*?[") else [folder / file]
        escapes = any(not t.resolve().is_relative_to(root) for t in targets)
    if escapes:
        yield _at("E-STUDY-PATH", path, text, path=file)

"""A new study: valid as written, complete, the same bytes each time, nothing overwritten."""

import csv
import io
import json
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from halosink import settings, templates, vocabulary
from halosink.contracts import LANGUAGES, Language
from halosink.new import FIELDBOOK, new, study_toml
from halosink.problems import UserError

MEASURED = [name for name in vocabulary.table_kinds() if name != "evidence"]
KINDS = list(vocabulary.table_kinds())


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def undescribed(entry: object) -> object:
    """A schema without its descriptions."""
    if isinstance(entry, dict):
        return {k: undescribed(v) for k, v in entry.items() if not (k == "description" and isinstance(v, str))}
    return [undescribed(v) for v in entry] if isinstance(entry, list) else entry


def sheets(data: bytes) -> dict[str, list[list[object]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_untouched_study_is_valid(tmp_path: Path, language: Language) -> None:
    made = new(tmp_path / "s", None, language)
    assert made[0].name == "study.toml"
    assert sorted(made) == sorted(tmp_path / "s" / name for name in contents(tmp_path / "s"))
    found = settings.load(tmp_path / "s")
    assert found.study.title.en == "s" and not found.tables
    schema = json.loads((tmp_path / "s" / ".study-schema.json").read_text("utf-8"))
    assert undescribed(schema) == undescribed(json.loads(json.dumps(settings.schema())))
    described = schema["$defs"]["TableSettings"]["properties"]["file"]["description"]
    assert "file inside the study folder" in described and "研究文件夹内的文件" in described
    assert (tmp_path / "s" / "study.toml").read_text("utf-8").startswith("#:schema ./.study-schema.json\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_behind_a_mark_is_valid_too(tmp_path: Path, language: Language) -> None:
    new(tmp_path / "s", None, language)
    path = tmp_path / "s" / "study.toml"
    path.write_text(re.sub(r"^#(?=[\[a-z])", "", path.read_text("utf-8"), flags=re.M), "utf-8")
    found = settings.load(tmp_path / "s")
    assert list(found.tables) == MEASURED
    assert all(t.file == FIELDBOOK and t.kind == t.sheet == name for name, t in found.tables.items())
    assert found.design.factors and found.design.gradients


def test_the_title_may_hold_anything() -> None:
    title = 'He said "salt\\land"\n[tables]\t盐碱地'
    read = tomllib.loads(study_toml(title, KINDS))["study"]["title"]
    assert read == 'He said "salt\\land" [tables] 盐碱地'


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_have_names_units_and_a_marked_example(language: Language) -> None:
    book = sheets(templates.workbook(KINDS, language))
    assert list(book) == [templates.GUIDE, *KINDS]
    for kind in KINDS:
        expected = list(vocabulary.table_kinds()[kind].template)
        names, units, example = list(csv.reader(io.StringIO(templates.csv_text(kind, language).lstrip("\ufeff"))))
        assert names == expected == [c for c in book[kind][0] if c]
        assert units[0] in ("unit", "单位") and not vocabulary.field(names[0]).numeric
        assert units[1:] == [vocabulary.field(n).unit for n in names[1:]]
        assert [u for u in book[kind][1] if u] == [u for u in units if u]
        assert example[0].startswith("example") and "示例" in example[0]
        assert str(book[kind][2][0]) == example[0]


def test_csv_begins_with_a_byte_order_mark(tmp_path: Path) -> None:
    new(tmp_path / "s", ["plots"])
    raw = (tmp_path / "s" / "data" / "csv" / "plots.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\r\n") == 3


def test_examples_are_plausible() -> None:
    for field in vocabulary.fields().values():
        for language in LANGUAGES:
            value = templates.example(field, language)
            if field.numeric and value != "":
                assert isinstance(value, int | float)
                assert field.minimum is None or value >= field.minimum, field.name
                assert field.maximum is None or value <= field.maximum, field.name
            else:
                assert isinstance(value, str)


def test_every_number_of_a_template_has_an_example() -> None:
    for kind in vocabulary.table_kinds().values():
        columns = [vocabulary.field(name) for name in kind.template]
        assert [f.name for f in columns if f.numeric and templates.example(f) == "" and kind.name != "evidence"] == []


def test_suggestions_are_for_known_fields_and_fit_a_dropdown() -> None:
    found = templates.suggestions()
    assert set(found["examples"]) | set(found["choices"]) <= set(vocabulary.fields())
    for name in found["choices"]:
        field = vocabulary.field(name)
        assert field.kind == "category"
        for language in LANGUAGES:
            offered = templates.choices(field, language)
            assert len(set(offered)) == len(offered)
            assert len(",".join(offered)) <= 255 and not any("," in c or '"' in c for c in offered)


def test_dropdowns_notes_and_ranges_stand_in_the_workbook() -> None:
    data = templates.workbook(["plots", "sensors"], "zh")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        plots = archive.read("xl/worksheets/sheet2.xml").decode()
        sensors = archive.read("xl/worksheets/sheet3.xml").decode()
        notes = archive.read("xl/comments2.xml").decode()
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert 'type="list"' in plots and "对照" in plots and 'ySplit="2"' in plots
    field = vocabulary.field("soil_temperature")
    assert f"<formula1>{field.minimum}</formula1><formula2>{field.maximum}</formula2>" in sensors
    assert field.about.en in notes and field.about.zh in notes and f"{field.maximum:g} degC" in notes
    assert "<f>" not in plots + sensors


def test_the_same_study_has_the_same_bytes(tmp_path: Path) -> None:
    new(tmp_path / "a" / "s")
    new(tmp_path / "b" / "s")
    assert contents(tmp_path / "a" / "s") == contents(tmp_path / "b" / "s")


def test_nothing_is_overwritten_and_all_that_stands_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "README.md").write_text("mine", "utf-8")
    (tmp_path / FIELDBOOK).write_text("mine", "utf-8")
    before = contents(tmp_path)
    with pytest.raises(UserError) as caught:
        new(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.count) == ("E-NEW-EXISTS", 2)
    assert problem.values["names"].split(", ") == ["README.md", FIELDBOOK]
    assert contents(tmp_path) == before


def test_a_folder_with_other_files_is_kept(tmp_path: Path) -> None:
    (tmp_path / "my_data.csv").write_text("mine", "utf-8")
    new(tmp_path, ["soil"])
    found = contents(tmp_path)
    assert found["my_data.csv"] == b"mine" and "study.toml" in found
    assert not [name for name in found if "halosink-new" in name]


def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(templates, "workbook", fail)
    for folder in (tmp_path / "s", tmp_path):
        with pytest.raises(UserError, match="E-NEW-FOLDER"):
            new(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="E-NEW-FOLDER"):
        new(tmp_path / "s")
    with pytest.raises(UserError, match="E-NEW-FOLDER"):
        new(tmp_path / "s" / "deeper")


def test_unknown_tables_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        new(tmp_path / "s", ["plot", "sensors", "xyz"])
    assert [p.values["name"] for p in caught.value.problems] == ["plot", "xyz"]
    assert caught.value.problems[0].values["meant"] == "plots"
    assert not (tmp_path / "s").exists()


def test_only_the_tables_asked_for(tmp_path: Path) -> None:
    new(tmp_path / "s", ["sensors"])
    found = contents(tmp_path / "s")
    assert [n for n in found if n.endswith(".csv")] == ["data/csv/sensors.csv"]
    assert list(sheets(found[FIELDBOOK])) == [templates.GUIDE, "sensors"]


def filled(kind: str, language: Language) -> str:
    """The CSV template with one row of its own: the example with a name in place of the mark."""
    names, units, example = list(csv.reader(io.StringIO(templates.csv_text(kind, language).lstrip("\ufeff"))))
    own = [*example]
    own[0] = str(templates.example(vocabulary.field(names[0]), language)) or "A1"
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([names, units, example, own])
    return "\ufeff" + out.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MEASURED)
def test_a_filled_template_reads_as_it_was_filled(tmp_path: Path, kind: str, language: Language) -> None:
    from halosink import read

    path = tmp_path / f"{kind}.csv"
    path.write_text(filled(kind, language), "utf-8")
    reading = read.file(path, kind)
    assert [p.code for p in reading.problems if p.level == "error"] == []
    assert reading.frame is not None and len(reading.frame) == 1
    row = reading.frame.iloc[0]
    assert row["source_row"] == 4
    for name in vocabulary.table_kinds()[kind].template[1:]:
        field, value = vocabulary.field(name), templates.example(vocabulary.field(name), language)
        if field.numeric and value != "":
            assert row[name] == pytest.approx(value)


@pytest.mark.parametrize("kind", MEASURED)
def test_an_unfilled_template_says_that_it_is_empty(tmp_path: Path, kind: str) -> None:
    from halosink import read

    new(tmp_path / "s", [kind])
    for name in (f"data/csv/{kind}.csv", FIELDBOOK):
        problems = read.file(tmp_path / "s" / name, kind, sheet=kind if name == FIELDBOOK else "").problems
        assert [p.code for p in problems if p.level == "error"] == ["E-TABLE-EMPTY"]


def test_a_field_book_filled_in_a_spreadsheet_program_reads(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    from halosink import read

    new(tmp_path / "s")
    path = tmp_path / "s" / FIELDBOOK
    book = openpyxl.load_workbook(path)
    for kind in ("soil", "sensors"):
        sheet = book[kind]
        assert sheet.freeze_panes == "A3" and sheet["A1"].comment is not None
        for column in range(1, sheet.max_column + 1):
            sheet.cell(4, column, "P01" if column == 1 else sheet.cell(3, column).value)
    column = [c.value for c in book["soil"][1]].index("soil_organic_carbon") + 1
    book["soil"].cell(2, column, "%")
    book["soil"].cell(4, column, 0.62)
    book.save(path)
    soil = read.file(path, "soil", sheet="soil").frame
    assert soil is not None and soil["soil_organic_carbon"].tolist() == pytest.approx([6.2])
    sensors = read.file(path, "sensors", sheet="sensors").frame
    assert sensors is not None and sensors["plot"].tolist() == ["P01"]

import tomllib
from importlib import resources

import pytest

from halosink import evidence, samples
from halosink.problems import UserError

REAL = ("sf_bay", "china_wetlands", "teros", "marsh", "tidal")


def codes(error):
    return [p.code for p in error.value.problems]


def test_names():
    assert samples.names() == ("evidence", "twin", "chambers", "tower", "county", *REAL, "assaba", "wensu")


def test_unknown_name_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(UserError) as error:
        samples.prepare("sfbay", tmp_path)
    problem = error.value.problems[0]
    assert problem.code == "E-SAMPLE-UNKNOWN"
    assert problem.values["meant"] == "sf_bay"
    assert not list(tmp_path.iterdir())


def test_evidence_is_written_whole_and_twice_the_same(tmp_path):
    samples.prepare("evidence", tmp_path)
    before = {f: f.stat().st_mtime_ns for f in tmp_path.rglob("*") if f.is_file()}
    samples.prepare("evidence", tmp_path)
    assert before == {f: f.stat().st_mtime_ns for f in tmp_path.rglob("*") if f.is_file()}
    assert {f.name for f in before} == {"study.toml", *evidence.files}


def test_another_study_is_not_written_over(tmp_path):
    (tmp_path / "study.toml").write_text("[study]\ntitle = 'mine'\n")
    for name in samples.names():
        with pytest.raises(UserError) as error:
            samples.prepare(name, tmp_path)
        assert codes(error) == ["E-SAMPLE-FOLDER"]
    assert [f.name for f in tmp_path.iterdir()] == ["study.toml"]


def test_without_data_every_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("HALOSINK_REFERENCE", raising=False)
    with pytest.raises(UserError) as error:
        samples.prepare("china_wetlands", tmp_path / "s")
    assert codes(error) == ["E-SAMPLE-ABSENT"] * 3
    for problem in error.value.problems:
        for lang in ("en", "zh"):
            assert "HALOSINK_REFERENCE" in problem.say("fix", lang)
    assert not (tmp_path / "s").exists()


def test_failed_download_is_a_problem_not_a_traceback(tmp_path, monkeypatch):
    pooch = pytest.importorskip("pooch")

    def offline(url, **_):
        raise OSError("no route to host")

    monkeypatch.delenv("HALOSINK_REFERENCE", raising=False)
    monkeypatch.setattr(pooch, "retrieve", offline)
    with pytest.raises(UserError) as error:
        samples.prepare("teros", tmp_path / "s")
    assert codes(error) == ["E-SAMPLE-DOWNLOAD"] * 3
    assert "no route to host" in error.value.problems[0].say("what", "en")
    assert not (tmp_path / "s").exists()


def test_download_asks_for_the_pinned_commit(tmp_path, monkeypatch, reference):
    pooch = pytest.importorskip("pooch")
    asked = []

    def deliver(url, known_hash, path, progressbar):
        asked.append((url, known_hash))
        return reference / "data" / "wetland_salinity_sfbay" / "SF_sal_meta_FIX3.5.txt"

    monkeypatch.delenv("HALOSINK_REFERENCE")
    monkeypatch.setattr(pooch, "retrieve", deliver)
    samples.prepare("sf_bay", tmp_path)
    assert asked == [
        (
            "https://raw.githubusercontent.com/cliffbueno/SF_microbe_methane/81a38817b85e62b467b58c175f72fc929e6fa9a5"
            "/data/meta/SF_sal_meta_FIX3.5.txt",
            "sha256:94d30f92d809dd1a83038bdcef12abfe2ef458b2a4be0a1f903cff4f72252778",
        )
    ]


def test_changed_local_file_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "reference" / "data" / "wetland_salinity_sfbay"
    folder.mkdir(parents=True)
    (folder / "SF_sal_meta_FIX3.5.txt").write_text("something else")
    monkeypatch.setenv("HALOSINK_REFERENCE", str(tmp_path / "reference"))
    with pytest.raises(UserError) as error:
        samples.prepare("sf_bay", tmp_path / "s")
    assert codes(error) == ["E-SAMPLE-CHANGED"]
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("name", REAL)
def test_real_samples_from_the_reference(name, tmp_path, reference):
    samples.prepare(name, tmp_path)
    settings = tomllib.loads((tmp_path / "study.toml").read_text("utf-8"))
    for table in settings["tables"].values():
        assert (tmp_path / table["file"]).is_file()


@pytest.mark.parametrize("name", ["sf_bay", "china_wetlands", "teros"])
def test_every_column_of_a_real_file_is_mapped_or_ignored(name, tmp_path, reference):
    samples.prepare(name, tmp_path)
    settings = tomllib.loads((tmp_path / "study.toml").read_text("utf-8"))
    for table in settings["tables"].values():
        with (tmp_path / table["file"]).open(encoding="utf-8") as handle:
            if table.get("format") == "toa5":
                handle.readline()
            head = handle.readline().rstrip("\n")
        separator = "\t" if table.get("format") == "tsv" else ","
        columns = [c.strip('"') for c in _fields(head, separator)]
        if table["kind"] == "counts":
            columns = columns[:1]
        known = {*table.get("columns", {}), *table.get("ignore", []), "TIMESTAMP"}
        assert set(columns) <= known
        assert set(table.get("columns", {})) | set(table.get("ignore", [])) <= {*columns}


def _fields(line, separator):
    import csv

    return next(csv.reader([line], delimiter=separator))


@pytest.mark.parametrize("name", ["evidence", "twin", *REAL])
def test_study_files_speak_both_languages(name):
    text = (resources.files("halosink.samples") / name / "study.toml").read_text("utf-8")
    study = tomllib.loads(text)["study"]
    for part in ("title", "about"):
        assert study[part]["en"] and any("一" <= c <= "鿿" for c in study[part]["zh"])


@pytest.mark.parametrize("name", ["evidence", "twin", *REAL])
def test_settings_accept_the_study_file(name, tmp_path, request):
    pytest.importorskip("pydantic")
    from halosink import settings

    if name in REAL:
        request.getfixturevalue("reference")
    samples.prepare(name, tmp_path)
    assert settings.load(tmp_path).study.synthetic is (name == "twin")

"""LI-COR files as they come from the field: appended, cut off, moved to another clock; all written here."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from halosink import read, vocabulary
from halosink.problems import UserError, wordings
from halosink.read import instruments
from halosink.read.instruments.parts import lines

ABOUT = "Model:\tLI-7810\nSN:\tTG10-{sn}\nTimezone:\tAsia/Shanghai\n"
NAMES = "DATAH\tSECONDS\tNANOSECONDS\tNDX\tDIAG\tREMARK\tDATE\tTIME\tH2O\tCO2\tCH4\tCHK\n"
UNITS = "DATAU\tsecs\tnsecs\tindex\tdiag\t\tdate\ttime\tppm\tppm\tppb\tCHK\n"
MORNING = 1_717_200_000
"""2024-06-01 00:00:00 UTC, 08:00 in Asia/Shanghai, s."""


def record(second: int, co2: object = 410.5, remark: str = '""', hours: int = 8) -> str:
    local = pd.Timestamp(MORNING + second + 3600 * hours, unit="s")
    start = f"DATA\t{MORNING + second}\t250000000\t{second}\t0\t{remark}\t{local:%Y-%m-%d\t%H:%M:%S}"
    return f"{start}\t12000\t{co2}\t2000.5\t7\n"


def put(folder: Path, text: str | bytes, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def codes(frame: pd.DataFrame) -> list[str]:
    return [p.code for p in frame.attrs["problems"]]


def refused(path: Path) -> str:
    with pytest.raises(UserError) as error:
        read.instrument(path)
    return error.value.problems[0].code


def head(sn: int = 1) -> str:
    return ABOUT.format(sn=sn) + NAMES + UNITS


def test_appended_and_cut_off(tmp_path: Path) -> None:
    other = "DATAH\tSECONDS\tNANOSECONDS\tNDX\tDIAG\tREMARK\tDATE\tTIME\tN2O\tCHK\n"
    text = head() + record(0) + "\n" + record(1, "NaN") + record(2, "4x0") + head(1) + record(3, remark='"A1 close"')
    text += ABOUT.format(sn=2) + other + record(4).replace("12000\t410.5\t2000.5", "330.25") + record(5)[:57]
    frame = read.instrument(put(tmp_path, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "x.csv"))
    assert len(frame) == 5
    assert frame["source_row"].tolist() == [6, 8, 9, 15, 20]
    np.testing.assert_array_equal(frame["co2_mole_fraction"], [410.5, np.nan, np.nan, 410.5, np.nan])
    np.testing.assert_array_equal(frame["n2o_mole_fraction"], [np.nan] * 4 + [330.25])
    assert frame["analyser"].tolist() == ["LI-7810 TG10-1"] * 4 + ["LI-7810 TG10-2"]
    assert frame["h2o_mole_fraction"].iloc[0] == 12.0
    assert frame["remark"].iloc[3] == "A1 close"
    assert frame["time"].iloc[0] == pd.Timestamp("2024-06-01 08:00:00.25")
    assert frame.attrs["utc_offset"] == 8
    found = {p.code: p for p in frame.attrs["problems"]}
    assert found.keys() == {"W-INSTRUMENT-VALUES", "W-INSTRUMENT-ROWS"}
    assert found["W-INSTRUMENT-ROWS"].rows == (21,)
    assert found["W-INSTRUMENT-VALUES"].rows == (9,)


def test_units_of_the_file_count(tmp_path: Path) -> None:
    text = head().replace("ppm\tppm\tppb", "mmol/mol\tppb\tppm") + record(0)
    row = read.instrument(put(tmp_path, text)).iloc[0]
    found = row[["h2o_mole_fraction", "co2_mole_fraction", "ch4_mole_fraction"]].astype(float)
    np.testing.assert_allclose(found, [12_000, 0.4105, 2_000_500])


def test_summer_time(tmp_path: Path) -> None:
    text = head() + record(0, hours=2) + record(1, hours=2) + record(2, hours=1) + record(3, hours=1)
    frame = read.instrument(put(tmp_path, text))
    assert frame["time"].diff().dropna().dt.total_seconds().tolist() == [1, 1, 1]
    (note,) = frame.attrs["problems"]
    assert (note.code, note.rows, note.values["hours"]) == ("N-INSTRUMENT-CLOCK", (8, 9), "-1")


def test_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.data") == "E-INSTRUMENT-OPEN"
    assert refused(tmp_path) == "E-INSTRUMENT-OPEN"
    assert refused(put(tmp_path, b"")) == "E-FILE-EMPTY"
    assert refused(put(tmp_path, "plot,co2\nA1,410\n")) == "E-INSTRUMENT-UNKNOWN"
    assert refused(put(tmp_path, head())) == "E-INSTRUMENT-EMPTY"
    assert refused(put(tmp_path, head().replace("\tDATE\tTIME", "\tD\tT") + record(0))) == "E-INSTRUMENT-LACKS"
    assert refused(put(tmp_path, head().replace("H2O\tCO2\tCH4", "A\tB\tC") + record(0))) == "E-INSTRUMENT-LACKS"


def test_pieces_make_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, head() + "".join(record(s, "NaN" if s % 7 == 0 else 400 + s) for s in range(50)))
    whole = read.instrument(path)
    monkeypatch.setattr(lines, "CHUNK", 300)
    pd.testing.assert_frame_equal(read.instrument(path), whole)


SOIL_HEAD = """LI-8100:\t 1\nSerial Number:\t81A-1\nObs#:\t{obs}\nPort#:\t{obs}\nLabel:\t{label}
Observation Length:\t01:30\nVirga:\t19\nVext:\t100\nVcham:\t4000\nOffset:\t2\nArea:\t300\n{total}Labels_01:\t8
Type\tEtime\tDate\tTcham\tPressure\tH2O\tCO2\tCdry\n"""
SOIL_FOOT = """2\t0\t2024-06-01 10:00:02\t20\t100\t10\t400\t404\n3\t1\t2024-06-01 10:00:02\t20\t100\t10\t400\t404
4\t1\t2024-06-01 10:00:02\t0\t0\t0\t0\t0\nCrvFitStatus:\tLin\nExp_Flux:\t1.5\nExp_dCdry/dt:\t0.6\nLin_Flux:\t1.25
Lin_dCdry/dt:\t0.5\nDead Band:\t00:15\n"""


def soil(
    obs: int, label: str = "A", foot: str = SOIL_FOOT, total: str = "", etimes: tuple[int, ...] = (-1, -1, 0, 1)
) -> str:
    start = pd.Timestamp("2024-06-01 10:00:00") + pd.Timedelta(minutes=obs)
    body = "".join(
        f"1\t{e}\t{start + pd.Timedelta(seconds=i)}\t20\t100\t10\t{400 + i}\t{404 + i}\n" for i, e in enumerate(etimes)
    )
    return SOIL_HEAD.format(obs=obs, label=label, total=total) + body + foot


def test_many_observations(tmp_path: Path) -> None:
    text = soil(1) + "\n" + soil(2, "", total="Vtotal:\t5000\n") + '-1\t0\t2024-06-01 10:02:03\t"restarted"\n'
    text += soil(3, foot="", etimes=(-1, -1)) + "1\t0\t2024-06-0"
    frame = read.instrument(put(tmp_path, text.replace("\n", "\r\n"), "soil.csv"))
    closures = frame.groupby("closure", sort=False)
    assert list(closures.groups) == ["A 1 2024-06-01 10:01:02", "2 2024-06-01 10:02:02", "A 3 2024-06-01 10:03:01"]
    assert closures["elapsed_time"].apply(list).tolist() == [[-2, -1, 0, 1], [-2, -1, 0, 1], [-1, 0]]
    first = closures.first()
    np.testing.assert_allclose(first["chamber_volume"], [4.719, 5.0, 4.719])
    np.testing.assert_array_equal(first["deadband"], [15, 15, np.nan])
    np.testing.assert_array_equal(first["closure_length"], [90, 90, 90])
    np.testing.assert_allclose(first["chamber_area"], 0.03)
    assert first["chamber"].tolist() == ["A", "port 2", "A"]
    assert codes(frame) == ["W-INSTRUMENT-ROWS"]
    vendor = frame.attrs["vendor"]
    assert [v["closure"] for v in vendor] == list(closures.groups)[:2]
    assert (vendor[0]["linear_flux"], vendor[0]["exponential_slope"], vendor[0]["status"]) == (1.25, 0.6, "Lin")
    assert (vendor[0]["initial_temperature"], vendor[0]["initial_water"]) == (20, 10)


def test_several_gases_in_a_footer(tmp_path: Path) -> None:
    foot = "GasColumnID:\tCdry\nCrvFitStatus:\tLin\nLin_Flux:\t1\nGasColumnID:\tV2\nCrvFitStatus:\tExp\nLin_Flux:\t2\n"
    frame = read.instrument(put(tmp_path, soil(1, foot=foot)))
    assert [(v["gas"], v["linear_flux"]) for v in frame.attrs["vendor"]] == [("Cdry", 1), ("V2", 2)]


def archive(folder: Path, files: dict[str, str], name: str) -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as target:
        for member, text in files.items():
            target.writestr(member, text)
    return folder / name


LONG_HEAD = """LI-8250,LI-8250,LI-8250,LI-7820,LI-7820,LI-7810,LI-7810,LI-7810,CHAMBER,CHAMBER
DATE,TIME,PA,N2O_DRY,H2O,CO2_DRY,CH4_DRY,H2O,TA,STATE
[YYYYMMDD],[HHMMSS],[kPa],[nmol+1mol-1],[mmol+1mol-1],[umol+1mol-1],[umol+1mol-1],[mmol+1mol-1],[C],[#]
"""
LONG_ABOUT = {
    "CHAMBER": {"AREA": {"VALUE": 318}, "COLLAR_HEIGHT": {"VALUE": 5}, "VOLUME": {"VALUE": 4076.1}},
    "FLUX": [{"GAS": "CO2_DRY", "DEADBAND": {"VALUE": 20}}, {"GAS": "N2O_DRY", "DEADBAND": {"VALUE": 30}}],
    "LI-7820": {"SERIAL_NUMBER": "tg20"},
    "LI-7810": {"SERIAL_NUMBER": "tg10"},
    "LI-8250": {"PORT": 3, "PORT_LABEL": " wet "},
    "METADATA": {"OBSERVATION": {"VALUE": 4}, "VOLUME_TOTAL": {"VALUE": 6000}},
}


def long_term(states: list[int], about: Any = LONG_ABOUT) -> dict[str, str]:
    rows = [
        f"20240601,{95957 + i if i < 3 else 99997 + i},101,330,12,400,2.5,13,20,{s}\n" for i, s in enumerate(states)
    ]
    return {"x/data.csv": LONG_HEAD + "".join(rows), "x/metadata.json": json.dumps(about), "x/log.txt": "x"}


def test_chamber_that_closes(tmp_path: Path) -> None:
    frame = read.instrument(archive(tmp_path, long_term([8, 1, 5, 5]), "a.zip"))
    assert frame["elapsed_time"].tolist() == [-2, -1, 0, 1]
    assert frame["time"].iloc[-1] == pd.Timestamp("2024-06-01 10:00:00")
    row = frame.iloc[0]
    assert (row["chamber_volume"], row["chamber_area"], row["deadband"], row["chamber"]) == (6, 0.0318, 30, "wet")
    assert (row["ch4_mole_fraction"], row["n2o_mole_fraction"], row["h2o_mole_fraction"]) == (2500, 330, 12)
    assert row["analyser"] == "LI-7820 tg20, LI-7810 tg10"
    assert row["closure"] == "wet 3 2024-06-01 09:59:59"


def test_chamber_that_never_says_closed(tmp_path: Path) -> None:
    frame = read.instrument(archive(tmp_path, long_term([8] + [1] * 5), "a.82z"))
    assert frame["elapsed_time"].tolist() == [-1, 0, 1, 2, 3, 4]


def test_zip_that_is_broken(tmp_path: Path) -> None:
    whole = long_term([1, 5, 5])
    assert refused(archive(tmp_path, {"data.csv": whole["x/data.csv"]}, "a.82z")) == "E-INSTRUMENT-UNKNOWN"
    assert refused(archive(tmp_path, whole | {"x/metadata.json": "{"}, "b.82z")) == "E-INSTRUMENT-DAMAGED"
    assert refused(archive(tmp_path, whole | {"x/data.csv": LONG_HEAD}, "c.82z")) == "E-INSTRUMENT-EMPTY"
    assert refused(archive(tmp_path, whole | {"x/data.csv": ""}, "d.82z")) == "E-INSTRUMENT-LACKS"
    content = bytearray(archive(tmp_path, whole, "e.82z").read_bytes())
    content[60:90] = b"\xff" * 30
    assert refused(put(tmp_path, bytes(content), "e.82z")) == "E-INSTRUMENT-DAMAGED"
    frame = read.instrument(archive(tmp_path, whole | {"x/metadata.json": "[]"}, "f.82z"))
    assert frame["chamber_volume"].isna().all()


def smart(sets: dict[str, list[dict[str, Any]]]) -> str:
    def rep(i: int, change: dict[str, Any]) -> dict[str, Any]:
        header = {"Date": f"2024-06-01 10:0{i}:00", "RepNum": i, "DeadBand": 5, "Area": 318, "Offset": 2}
        header |= {"ChamVolume": 4244.1, "IrgaVolume": 28, "TotalVolume": 4908.1, "InstrumentModel": "LI-7810"}
        data = {"timestamp": [0, 1, 2], "chamber_p": [101, 101, 101], "chamber_t": [20, 20, 20]}
        data |= {"soil_t": [9999] * 3, "soilp_t": [9999, 15, 15], "co2": [400, 401, None], "h2o": [10, 10, 10]}
        return {
            "header": header | change.get("header", {}),
            "data": data | change.get("data", {}),
            "footer": {"fluxes": []},
        }

    collars = [
        {label: {"remark": "", "reps": {f"REP_{i}": rep(i, c) for i, c in enumerate(changes, 1)}}}
        for label, changes in sets.items()
    ]
    return json.dumps({"name": "x", "remark": "", "datasets": collars}, indent=1)


def test_collars_and_repetitions(tmp_path: Path) -> None:
    path = put(tmp_path, smart({"A 1": [{}, {"data": {"co2": [1]}}], "乙": [{}]}))
    frame = read.instrument(path)
    assert frame["closure"].unique().tolist() == ["A 1 1 2024-06-01 10:01:00", "乙 1 2024-06-01 10:01:00"]
    assert frame["time"].iloc[2] == pd.Timestamp("2024-06-01 10:01:02")
    np.testing.assert_array_equal(frame["soil_temperature"][:3], [np.nan, 15, 15])
    np.testing.assert_array_equal(frame["co2_mole_fraction"][:3], [400, 401, np.nan])
    np.testing.assert_allclose(frame["chamber_volume"], 4.9081)
    (problem,) = frame.attrs["problems"]
    assert (problem.code, problem.rows) == ("W-INSTRUMENT-ROWS", (2,))


def test_json_that_ends_early(tmp_path: Path) -> None:
    text = smart({"A": [{}, {}], "B": [{}]})
    cut = text[: text.index("REP_1", text.index('"B"')) + 200]
    frame = read.instrument(put(tmp_path, cut))
    assert frame["closure"].nunique() == 2
    assert set(frame["chamber"]) == {"A"}
    assert codes(frame) == ["W-INSTRUMENT-ROWS"]
    assert refused(put(tmp_path, text[: text.index("REP_1") + 40])) == "E-INSTRUMENT-DAMAGED"


CLOSED_HEAD = """"OPEN 6.1.4"
"Sat Jun 01 2024 23:58:00"
<open><prompts><items>"x"<items[1]><label>"Plot#"</label></items[1]></items></prompts></open>
<li6400><factory><unit>"PSC-1"</unit></factory></li6400>
"Const="\t420\t"Vtot"\t1.000E+04
"Const="\t423\t"Area"\t500
"23:58:10 "
$STARTOFDATA$
"Obs"\t"HHMMSS"\t"ETime"\t"Mode"\t"dC/dt"\t"EFFLUX"\t"CO2S"\t"H2OS"\t"Tair"\t"Press"\t"Plot#"
"""


def closed(obs: int, clock: str, etime: float, mode: int, plot: str = "7") -> str:
    return f'{obs}\t"{clock}"\t{etime}\t{mode}\t0.5\t2.5\t400\t10\t20\t100\t"{plot}"\n'


def test_closures_over_midnight(tmp_path: Path) -> None:
    text = CLOSED_HEAD + closed(1, "23:59:58", 1, 3) + closed(2, "23:59:59", 2, 3) + '"Remark="\t"rain"\n'
    text += closed(3, "00:00:00", 3, 3) + closed(4, "00:00:01", 0, 4) + '"Const="\t420\t"Vtot"\t2.000E+04\n'
    text += (
        closed(5, "00:01:00", 1, 3, "8")
        + closed(6, "00:01:01", 2, 3, "8")
        + closed(7, "00:02:00", 1, 3, "8")
        + '8\t"00:'
    )
    frame = read.instrument(put(tmp_path, text))
    assert len(frame) == 6
    assert frame["time"].iloc[2] == pd.Timestamp("2024-06-02 00:00:00")
    assert frame["closure"].nunique() == 3
    assert frame["elapsed_time"].tolist() == [1, 2, 3, 1, 2, 1]
    assert frame["chamber"].tolist() == ["7"] * 3 + ["8"] * 3
    assert frame["chamber_area"].iloc[0] == 0.05
    assert frame["chamber_volume"].tolist() == [10] * 3 + [20] * 3
    assert [(v["linear_flux"], v["linear_slope"]) for v in frame.attrs["vendor"]] == [(2.5, 0.5)]
    assert codes(frame) == ["W-INSTRUMENT-ROWS"]
    leaf = CLOSED_HEAD.replace('"Mode"', '"Photo"') + closed(1, "23:59:58", 1, 3)
    assert refused(put(tmp_path, leaf)) == "E-INSTRUMENT-LACKS"


EDDY_HEAD = "Model:\tLI-7200 Enclosed CO2/H2O Analyzer\nSN:\t72H-1\nTimestamp:\t10:00:00\nTimezone:\tEtc/GMT-8\n"
EDDY_NAMES = (
    "DATAH\tSeconds\tNanoseconds\tSequence Number\tDiagnostic Value\tDate\tTime\tAux 1 - U (m/s)\tAux 4 - Ts\t"
    "CO2 dry(umol/mol)\tH2O dry(mmol/mol)\tCH4\tTotal Pressure (kPa)\tCHK\n"
)
EDDY_COLUMNS = [
    "ignore",
    "ignore",
    "ignore",
    "diag_72",
    "not_numeric",
    "not_numeric",
    "u",
    "ts",
    "co2",
    "h2o",
    "ch4",
    "air_p",
]
EDDY_TOLD = {
    "ts": {"unit_in": "ckelvin"},
    "u": {"unit_in": "m_sec"},
    "co2": {"measure_type": "mixing_ratio", "unit_in": "ppm"},
    "h2o": {"measure_type": "mixing_ratio", "unit_in": "ppt"},
    "ch4": {"measure_type": "mole_fraction", "unit_in": "volt", "conversion": "gain_offset", "unit_out": "ppm",
            "a_value": "2.0", "b_value": "0.5"},
    "air_p": {"unit_in": "hpa"},
}  # fmt: skip


def eddy(rows: int = 4, metadata: str | None = None) -> dict[str, str]:
    told = ";GHG_METADATA\n[Site]\nlatitude=45.6\nlongitude=124.1\naltitude=140\ncanopy_height=0.5\n[Timing]\n"
    told += "acquisition_frequency=10\n[Instruments]\ninstr_1_model=csat3_1\n"
    told += "[FileDescription]\nseparator=tab\nheader_rows=5\n"
    for i, variable in enumerate(EDDY_COLUMNS, 1):
        told += f"col_{i}_variable={variable}\n"
        told += "".join(f"col_{i}_{k}={v}\n" for k, v in EDDY_TOLD.get(variable, {}).items())
    data = EDDY_HEAD + EDDY_NAMES
    for i in range(rows):
        data += (
            f"DATA\t{MORNING}\t{i}00000000\t{i}\t8191\t2024-06-01\t08:00:00:{i}00\t1.5\t29315\t410\t10\t0.75\t1000\t9\n"
        )
    return {
        "s.data": data,
        "s.metadata": told if metadata is None else metadata,
        "s-biomet.data": "x",
        "s-biomet.metadata": "y",
    }


def test_eddy_archive(tmp_path: Path) -> None:
    frame = read.instrument(archive(tmp_path, eddy(), "s.ghg"))
    assert frame.attrs["kind"] == "eddy"
    assert frame["time"].tolist() == [
        pd.Timestamp("2024-06-01 08:00:00") + pd.Timedelta(i * 100, "ms") for i in range(4)
    ]
    assert frame["source_row"].tolist() == [6, 7, 8, 9]
    row = frame.iloc[0]
    assert (row["co2_mole_fraction"], row["diagnostic_code"]) == (410, 8191)
    np.testing.assert_allclose(row["h2o_mole_fraction"], 10 / 1.010)
    np.testing.assert_allclose(row["ch4_mole_fraction_wet"], 2000)
    np.testing.assert_allclose(row["sonic_temperature"], 20)
    np.testing.assert_allclose(row["air_pressure"], 100)
    assert (frame.attrs["latitude"], frame.attrs["frequency"], frame.attrs["instruments"]) == (45.6, 10, ["csat3_1"])
    assert frame.attrs["analyser"] == "LI-7200 Enclosed CO2/H2O Analyzer 72H-1"


def test_eddy_archive_with_little_metadata(tmp_path: Path) -> None:
    """The headings of the analyser itself then tell the gases."""
    frame = read.instrument(archive(tmp_path, eddy(metadata="[Site]\nlatitude=1\n"), "s.zip"))
    assert frame["co2_mole_fraction"].tolist() == [410] * 4
    np.testing.assert_allclose(frame["h2o_mole_fraction"], 10 / 1.010)
    assert refused(archive(tmp_path, eddy(metadata="no section"), "t.ghg")) == "E-INSTRUMENT-DAMAGED"
    assert refused(archive(tmp_path, eddy(rows=0), "u.ghg")) == "E-INSTRUMENT-EMPTY"
    assert refused(archive(tmp_path, eddy() | {"s.data": "x\n"}, "v.ghg")) == "E-INSTRUMENT-DAMAGED"


WHOLE = {
    "li_7810": lambda folder: put(folder, head() + "".join(record(s) for s in range(6)) + head(2) + record(9)),
    "li_81x": lambda folder: put(folder, soil(1) + soil(2)),
    "li_82z": lambda folder: archive(folder, long_term([1, 5, 5]), "a.82z"),
    "li_8200": lambda folder: put(folder, smart({"A": [{}, {}], "B": [{}]})),
    "li_6400": lambda folder: put(folder, CLOSED_HEAD + "".join(closed(i, f"10:00:0{i}", i, 3) for i in range(9))),
    "ghg": lambda folder: archive(folder, eddy(), "s.ghg"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_cut_or_garbled_anywhere(tmp_path: Path, name: str) -> None:
    """Whatever is left of a file is read or refused with a reason, never more rows than the whole, never a crash."""
    path = WHOLE[name](tmp_path)
    content, most = path.read_bytes(), len(read.instrument(path))
    random = np.random.default_rng(7)
    for _ in range(120):
        damaged = bytearray(content[: random.integers(1, len(content))] if random.random() < 0.5 else content)
        for at in random.integers(0, len(damaged), random.integers(0, 4)):
            damaged[at] = random.integers(0, 256)
        try:
            frame = read.instrument(put(tmp_path, bytes(damaged), "damaged"))
        except UserError as error:
            assert all(p.say(part, lang) for p in error.problems for part in ("what", "fix") for lang in ("en", "zh"))
        else:
            assert 0 < len(frame) <= most
            assert frame["time"].notna().all()


@pytest.mark.parametrize("name", WHOLE)
def test_only_its_own_format_knows_it(tmp_path: Path, name: str) -> None:
    opened = instruments.Opened.open(WHOLE[name](tmp_path))
    assert [f.name for f in instruments.formats() if f.recognise(opened)] == [name]


@pytest.mark.parametrize("name", WHOLE)
def test_columns_are_of_the_vocabulary(tmp_path: Path, name: str) -> None:
    frame = read.instrument(WHOLE[name](tmp_path))
    assert set(frame.columns) <= set(vocabulary.fields())
    assert frame.attrs["format"] == name
    assert frame["time"].dtype == "datetime64[us]"


@pytest.mark.parametrize("form", instruments.formats(), ids=lambda f: f.name)
def test_formats_are_told_in_both_languages(form: instruments.InstrumentFormat) -> None:
    assert form.label.en and form.label.zh
    assert form.source in vocabulary.sources()
    assert form.kind in vocabulary.table_kinds()


def test_the_problems_have_sentences() -> None:
    for code in ("OPEN", "UNKNOWN", "EMPTY", "DAMAGED", "LACKS"):
        assert f"E-INSTRUMENT-{code}" in wordings()

"""Laser analysers and the automated chambers around them, against what goFlux makes of the same files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink.problems import UserError
from halosink.read import instruments
from halosink.read.instruments import Opened, eosmx12
from halosink.read.instruments.parts import dates

SAME = {"CO2dry_ppm": "co2_mole_fraction", "CH4dry_ppb": "ch4_mole_fraction", "N2Odry_ppb": "n2o_mole_fraction"}
WATER = ("H2O_ppm", "h2o_mole_fraction", 1000.0)
FILES = {
    "G2201i": (SAME, [("Delta_Raw_iCO2", "delta_13c_co2", 1.0), WATER]),
    "G2508": (SAME, []),
    "G4301": (SAME, []),
    "UGGA": (SAME, [WATER]),
    "N2OM1": (SAME, [WATER]),
    "N2Oi2": ({}, [("d15N", "delta_15n_n2o", 1.0), ("d18O", "delta_18o_n2o", 1.0), WATER]),
    "uCH4": (SAME, [("C2H6dry_ppb", "c2h6_mole_fraction", 1.0), WATER]),
    "uN2O": (SAME, [WATER]),
    "HT8850": (SAME, [WATER]),
    "GAIA": (
        SAME,
        [
            ("H2O_ppm_inst1", "h2o_mole_fraction", 1000.0),
            ("Tcham", "chamber_temperature", 1.0),
            ("Tsoil", "soil_temperature", 1.0),
            ("SWC", "soil_moisture", 100.0),
            ("PAR", "photosynthetic_photon_flux", 1.0),
            ("Etime", "elapsed_time", 1.0),
        ],
    ),
    "skyline": (SAME, [WATER, ("Etime", "elapsed_time", 1.0)]),
}


def raw(reference: Path, name: str) -> Path:
    folder = reference / "oracles/flux/format_samples/goFlux" / name
    return next(p for p in folder.rglob("*") if p.is_file())


def both(reference: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Our rows and goFlux's of the same times."""
    theirs = pd.read_csv(reference / f"oracles/flux/goflux/imports/{name}.csv")
    stamp = pd.to_datetime(theirs["POSIX.time"], format="ISO8601")
    ours = instruments.read(raw(reference, name))
    near = pd.Timedelta(milliseconds=1)
    joined = pd.merge_asof(
        pd.DataFrame({"stamp": stamp.astype("datetime64[us]"), "row": range(len(stamp))}).sort_values("stamp"),
        ours.assign(at=np.arange(len(ours))).sort_values("time"),
        left_on="stamp",
        right_on="time",
        direction="nearest",
        tolerance=near,
    ).sort_values("row", ignore_index=True)
    assert joined["time"].notna().all()
    assert joined["at"].is_unique
    return joined, theirs


def write(folder: Path, name: str, text: str, ending: str = "\n") -> Path:
    path = folder / name
    path.write_bytes(text.replace("\n", ending).encode("utf-8"))
    return path


def codes(frame: pd.DataFrame) -> list[str]:
    return [p.code for p in frame.attrs["problems"]]


@pytest.mark.parametrize("name", FILES)
def test_cell_by_cell_as_goflux(reference: Path, name: str) -> None:
    same, more = FILES[name]
    ours, theirs = both(reference, name)
    compared = 0
    for column, field, factor in [*((c, f, 1.0) for c, f in same.items() if c in theirs), *more]:
        compared += 1
        np.testing.assert_allclose(ours[field] * factor, theirs[column], rtol=1e-12, err_msg=column)
    assert compared >= 2


@pytest.mark.parametrize("name", [n for n in FILES if n != "skyline"])
def test_no_row_more_or_less_than_goflux(reference: Path, name: str) -> None:
    ours, theirs = both(reference, name)
    assert len(instruments.read(raw(reference, name))) == len(theirs)
    assert list(ours["at"]) == list(range(len(theirs)))


def test_the_whole_example_of_the_package_is_read_as_by_goflux(reference: Path) -> None:
    theirs = pd.read_csv(reference / "data/chamber_goflux/imp.UGGA.csv")
    folder = reference / "data/chamber_goflux/raw"
    ours = instruments.read(folder / "UGGA.txt")
    shared = ours.set_index(ours["time"].dt.strftime("%d-%m-%Y %H:%M:%S.%f").str[:-3])
    at = theirs.set_index("DATE_TIME")
    common = shared.index.intersection(at.index)
    assert len(common) == len(ours)
    for column, field in (("CO2dry_ppm", "co2_mole_fraction"), ("CH4dry_ppb", "ch4_mole_fraction")):
        np.testing.assert_allclose(shared.loc[common, field], at.loc[common, column], rtol=1e-12)


@pytest.mark.parametrize("name", ["G2508", "G4301", "G2201i"])
def test_water_of_picarro_is_percent_because_dry_and_moist_methane_say_so(reference: Path, name: str) -> None:
    """Dilution takes a hundredth of the gas a percent of water; were it mmol mol-1, it would seem to take a tenth."""
    frame = instruments.read(raw(reference, name))
    lost = 1 - frame["ch4_mole_fraction_wet"] / frame["ch4_mole_fraction"]
    assert 0.5 < (lost / (frame["h2o_mole_fraction"] / 1000)).median() < 2


def test_ammonia_of_g2508_before_the_water_correction_of_goflux(reference: Path) -> None:
    ours, theirs = both(reference, "G2508")
    np.testing.assert_allclose(
        ours["nh3_mole_fraction"], theirs["NH3dry_ppb"] * (1 - theirs["H2O_ppm"] / 1e6), rtol=1e-9
    )
    np.testing.assert_allclose(ours["h2o_mole_fraction"] * 100, theirs["H2O_ppm"], rtol=1e-12)


def test_moist_nitrous_oxide_dries_to_that_of_goflux(reference: Path) -> None:
    ours, theirs = both(reference, "N2Oi2")
    dry = ours["n2o_mole_fraction_wet"] / (1 - ours["h2o_mole_fraction"] / 1000)
    np.testing.assert_allclose(dry, theirs["N2Odry_ppb"], rtol=1e-12)
    assert "co2_mole_fraction_wet" not in ours


def test_closures_of_gaia(reference: Path) -> None:
    ours, theirs = both(reference, "GAIA")
    assert list(ours["closure"]) == list(theirs["chamID"])
    assert list(ours["chamber"]) == [str(c) for c in theirs["activ.cham"]]
    assert list(ours["light_condition"].str.capitalize()) == list(theirs["cover"])
    close = pd.to_datetime(theirs["cham.close"])
    assert (
        (ours["time"] - pd.to_timedelta(ours["elapsed_time"], unit="s") - close).abs().dt.total_seconds() == 0
    ).all()
    assert (ours["closure_end"] == pd.to_datetime(theirs["cham.open"])).all()
    flagged = (ours["elapsed_time"] >= 0) & (ours["elapsed_time"] <= ours["closure_length"])
    assert list(flagged) == list(theirs["flag"] == 1)


def test_closures_of_skyline(reference: Path) -> None:
    ours, theirs = both(reference, "skyline")
    shut = (theirs["flag"] == 1).to_numpy()
    assert list(ours["closure"][shut]) == list(theirs["chamID"][shut])
    assert ours["closure"].nunique() == 1
    assert (ours["closure_length"] == theirs["obs.length"]).all()
    assert (ours["closure_end"] == pd.to_datetime(theirs["cham.open"])).all()
    whole = instruments.read(raw(reference, "skyline"))
    assert (whole["closure"] != "").sum() == len(theirs)
    assert "N-INSTRUMENT-DRY" in codes(whole)


def test_the_multiplexer_log_becomes_a_field_sheet(reference: Path) -> None:
    path = raw(reference, "eosMX12")
    frame = instruments.read(path)
    rows = [line.split() for line in path.read_text().splitlines()]
    shut = [int(r[0]) for r in rows if r[23] == "1"]
    assert frame.attrs["kind"] == "closures"
    assert frame["time"].to_list() == [pd.Timestamp(shut[0], unit="s")]
    assert frame["closure_length"].to_list() == [shut[-1] - shut[0]]
    assert frame["chamber"].to_list() == ["cham03"]
    assert frame["chamber_pressure"].to_list() == [100.5]


def test_thermistor_of_ten_kiloohm_is_at_25_degrees() -> None:
    volt = 5.0 * 2150.0 / (10_000.0 + 2150.0)
    found = eosmx12.celsius(np.array([volt, 0.0, 5.0, -1.0]))
    assert found[0] == pytest.approx(25.0, abs=0.05)
    assert np.isnan(found[1:]).all()


def test_each_sample_is_of_one_format(reference: Path) -> None:
    for path in (reference / "oracles/flux/format_samples/goFlux").rglob("*"):
        if path.is_file():
            opened = Opened.open(path)
            assert len([f.name for f in instruments.formats() if f.recognise(opened)]) <= 1, path.name


PICARRO = """DATE       TIME         ALARM_STATUS  EPOCH_TIME     CO2       CO2_dry   CH4      CH4_dry  N2O     H2O
2024-07-01 08:00:00.500 0 1719792000.500 410.0 415.0 1.95 2.00 {n2o} 1.2
2024-07-01 08:00:01.500 2 1719792001.500 NaN   416.0 1.95 2.01 {n2o} 1.2
2024-07-01 08:00:02.500 0 1719792002.500 410.0 417.0 1.95 2.02 {n2o} 1.2
"""
LGR = """SN:20-0001 BD:Jan  1 2020 VC:0
      Time,   [N2O]_ppm,   [N2O]_ppm_sd,   [CO]_ppm,   [CO]d_ppm,  [N2O]d_ppm,   [H2O]_ppm,Fit_Flag, MIU_VALVE, MIU_DESC
 {day} 23:59:59.100, 3.3e-1, 0.0e+0, 1.0e-1, 1.02e-1, 3.4e-1, 2.0e+4, 3, 1, North
 {next} 00:00:00.100, 3.3e-1, 0.0e+0, 1.0e-1, 1.02e-1, 3.5e-1, 2.0e+4, 2, 2, South
"""
AERIS = """Time Stamp,Inlet Number,P (mbars),N2O (ppm),H2O (ppm),CO (ppm),Latitude,Longitude
{day} 10:00:00.1,1,140,0.331,7000,0.12,No Data,No Data
{day} 10:00:01.1,2,140,NaN,7000,0.13,No Data,No Data
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\ufeff\n\n"])
def test_another_picarro(tmp_path: Path, ending: str, start: str) -> None:
    frame = instruments.read(
        write(tmp_path, "JFAADS2294-20240701-080000-x.csv", start + PICARRO.format(n2o=0.33), ending)
    )
    assert frame["co2_mole_fraction"].to_list() == [415.0, 416.0, 417.0]
    assert frame["co2_mole_fraction_wet"].isna().to_list() == [False, True, False]
    assert frame["ch4_mole_fraction"].to_list() == pytest.approx([2000.0, 2010.0, 2020.0])
    assert frame["n2o_mole_fraction_wet"].to_list() == pytest.approx([330.0] * 3)
    assert frame["h2o_mole_fraction"].to_list() == pytest.approx([12.0] * 3)
    assert frame["diagnostic_code"].to_list() == [0, 2, 0]
    assert frame["time"].iloc[0] == pd.Timestamp("2024-07-01 08:00:00.5")
    assert frame.attrs["utc_offset"] == 8.0
    assert frame.attrs["analyser"] == "Picarro JFAADS2294"
    assert codes(frame) == []


def test_nitrous_oxide_in_ppb_is_told_by_its_size_and_said(tmp_path: Path) -> None:
    frame = instruments.read(write(tmp_path, "a.dat", PICARRO.format(n2o=330.0)))
    assert frame["n2o_mole_fraction_wet"].to_list() == pytest.approx([330.0] * 3)
    assert codes(frame) == ["N-INSTRUMENT-MAGNITUDE"]


def test_columns_in_another_order_are_found_by_name(tmp_path: Path) -> None:
    table = [line.split() for line in PICARRO.format(n2o=0.33).splitlines()]
    turned = "\n".join(" ".join(reversed(row)) for row in table) + "\n"
    one = instruments.read(write(tmp_path, "a.dat", PICARRO.format(n2o=0.33)))
    other = instruments.read(write(tmp_path, "b.dat", turned))
    pd.testing.assert_frame_equal(one.drop(columns="source_file"), other[one.columns].drop(columns="source_file"))


def test_headings_that_come_again_are_no_data_and_other_headings_end_it(tmp_path: Path) -> None:
    text = PICARRO.format(n2o=0.33)
    heading, *rows = text.splitlines(keepends=True)
    again = instruments.read(write(tmp_path, "a.dat", text + heading + "".join(rows).replace("08:00", "09:00")))
    assert len(again) == 6
    assert again["source_row"].to_list() == [2, 3, 4, 6, 7, 8]
    assert codes(again) == []
    other = heading.replace("CO2_dry   CH4 ", "CH4  CO2_dry ")
    changed = instruments.read(write(tmp_path, "b.dat", text + other + "".join(rows)))
    assert len(changed) == 3
    assert codes(changed) == ["W-INSTRUMENT-ROWS"]
    assert changed.attrs["problems"][0].rows == (6, 7, 8)


@pytest.mark.parametrize("kept", [0.55, 0.75, 0.9, 0.99])
def test_a_file_cut_anywhere_gives_the_rows_before_the_cut(reference: Path, tmp_path: Path, kept: float) -> None:
    for name in ("G2508", "UGGA", "uCH4", "GAIA", "skyline", "eosMX12"):
        path = raw(reference, name)
        content = path.read_bytes()
        cut = tmp_path / path.name
        cut.write_bytes(content[: int(len(content) * kept)])
        whole = instruments.read(path)
        part = instruments.read(cut)
        gas = [c for c in whole if str(c).endswith("_mole_fraction")]
        pd.testing.assert_frame_equal(part[["time", *gas]], whole[["time", *gas]].iloc[: len(part)])


def test_garbled_rows_are_left_out_and_named(tmp_path: Path) -> None:
    rows = PICARRO.format(n2o=0.33).splitlines()
    rows[1:1] = ["2024-07-01 08:00", "\0\0\0\0 \0\0", "2024-99-01 08:00:00.1 0 1 1 1 1 1 1 1"]
    rows.append("2024-07-01 08:00:03.500 0 1719792003.500 410.0 4#7.0 1.95 2.02 0.33 1.2")
    frame = instruments.read(write(tmp_path, "a.dat", "\n".join(rows)))
    assert len(frame) == 4
    assert sorted(codes(frame)) == ["W-INSTRUMENT-ROWS", "W-INSTRUMENT-ROWS", "W-INSTRUMENT-VALUES"]
    assert {r for p in frame.attrs["problems"] for r in p.rows} == {2, 3, 4, 8}
    assert frame["co2_mole_fraction"].isna().to_list() == [False, False, False, True]


def test_a_file_without_gases_or_without_time_says_what_it_lacks(tmp_path: Path) -> None:
    for text in (
        "DATE TIME EPOCH_TIME CavityTemp\n2024-07-01 08:00:00 1 45\n",
        "DATE INST_STATUS CO2\n2024-07-01 963 400\n",
    ):
        with pytest.raises(UserError) as stopped:
            instruments.read(write(tmp_path, "a.dat", text))
        assert [p.code for p in stopped.value.problems] == ["E-INSTRUMENT-LACKS"]


@pytest.mark.parametrize("text", [PICARRO.splitlines()[0], "\n".join(LGR.splitlines()[:2]), AERIS.splitlines()[0]])
def test_a_heading_alone_is_an_empty_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError) as stopped:
        instruments.read(write(tmp_path, "a.txt", text + "\n"))
    assert [p.code for p in stopped.value.problems] == ["E-INSTRUMENT-EMPTY"]


def test_another_lgr_with_a_valve_and_a_day_that_changes(tmp_path: Path) -> None:
    american = instruments.read(write(tmp_path, "a.txt", LGR.format(day="07/04/2024", next="07/05/2024")))
    assert american["time"].to_list() == [pd.Timestamp("2024-07-04 23:59:59.1"), pd.Timestamp("2024-07-05 00:00:00.1")]
    assert codes(american) == []
    assert american["co_mole_fraction"].to_list() == pytest.approx([102.0, 102.0])
    assert american["n2o_mole_fraction"].to_list() == pytest.approx([340.0, 350.0])
    assert american["n2o_mole_fraction_wet"].to_list() == pytest.approx([330.0, 330.0])
    assert american["h2o_mole_fraction"].to_list() == pytest.approx([20.0, 20.0])
    assert american["chamber"].to_list() == ["North", "South"]
    assert american["diagnostic_code"].to_list() == [0, 1]
    assert american.attrs["analyser"] == "LGR 20-0001"


def test_a_signed_block_and_a_second_file_behind_it(tmp_path: Path) -> None:
    text = LGR.format(day="13/04/2024", next="14/04/2024")
    block = "-----BEGIN PGP MESSAGE-----\nVersion: x\n\nabc,def\n=F/Es\n-----END PGP MESSAGE-----\n"
    frame = instruments.read(write(tmp_path, "a.txt", text + block + text))
    assert len(frame) == 4
    assert codes(frame) == []


def test_lgr_packed_as_the_analyser_does(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "gga_2024-04-13_f0001.txt.zip", "w") as archive:
        archive.writestr("gga_2024-04-13_f0001.txt", LGR.format(day="13/04/2024", next="14/04/2024"))
    assert len(instruments.read(tmp_path / "gga_2024-04-13_f0001.txt.zip")) == 2


@pytest.mark.parametrize(
    ("name", "day", "expected", "doubt"),
    [
        ("a.txt", "03/07/2024", "2024-03-07", True),
        ("Pico100217_240703_100000.txt", "03/07/2024", "2024-07-03", False),
        ("Pico100217_240307_100000.txt", "03/07/2024", "2024-03-07", False),
        ("a.txt", "25/07/2024", "2024-07-25", False),
        ("a.txt", "07/25/24", "2024-07-25", False),
        ("a.txt", "07/07/2024", "2024-07-07", False),
        ("a.txt", "2024-07-03", "2024-07-03", False),
    ],
)
def test_which_number_is_the_day(tmp_path: Path, name: str, day: str, expected: str, doubt: bool) -> None:
    frame = instruments.read(write(tmp_path, name, AERIS.format(day=day)))
    assert frame["time"].dt.strftime("%Y-%m-%d").unique().tolist() == [expected]
    assert ("W-INSTRUMENT-DATES" in codes(frame)) is doubt
    assert frame["n2o_mole_fraction"].isna().to_list() == [False, True]
    assert frame["co_mole_fraction"].to_list() == pytest.approx([120.0, 130.0])
    assert frame["chamber"].to_list() == ["1", "2"]


def test_the_shorter_span_of_days_is_the_right_order() -> None:
    days = [("02", "04", "2024"), ("03", "04", "2024"), ("05", "04", "2024")]
    assert dates.day_order(days, "", "mdy") == ("dmy", True)
    assert dates.day_order([(m, d, y) for d, m, y in days], "", "dmy") == ("mdy", True)

"""Gasmet, EGM-5, EddyPro, FLUXNET, AmeriFlux, ICOS and TOA5 files against goFlux's imports and plain parsing."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.problems import UserError
from halosink.read import instruments
from halosink.read.instruments.format import Opened
from halosink.read.instruments.parts import fluxnet_names

GOFLUX = {
    "DX4015": ("DX4015.TXT", "gasmet"),
    "GT5000": ("GT5000.TXT", "gasmet"),
    "GasmetPD": ("GasmetPD.txt", "gasmet_portable"),
    "EGM5": ("EGM5.TXT", "egm5"),
}
SCALE = {
    "CO2dry_ppm": ("co2_mole_fraction", 1),
    "CO2wet_ppm": ("co2_mole_fraction_wet", 1),
    "CH4dry_ppb": ("ch4_mole_fraction", 1),
    "N2Odry_ppb": ("n2o_mole_fraction", 1),
    "COdry_ppb": ("co_mole_fraction", 1),
    "NH3dry_ppb": ("nh3_mole_fraction", 1),
    "H2O_ppm": ("h2o_mole_fraction", 1e-3),
    "O2wet_pct": ("o2_mole_fraction", 10),
    "PAR": ("photosynthetic_photon_flux", 1),
    "Tsoil": ("soil_temperature", 1),
    "Tcham": ("chamber_temperature", 1),
    "SWC": ("soil_moisture", 0.01),
    "Pcham": ("chamber_pressure", 1),
}
DIIVE = {
    "eddypro_fluxnet": "*FLUXNET-CSV*",
    "eddypro_full_output": "*FULL-OUTPUT*",
    "fluxnet2015": "*FULLSET*",
    "icos": "*ICOS*.zip",
    "toa5": "*TOA5*",
}
BASE = """# Site: US-Xyz
# Version: 3-5
TIMESTAMP_START,TIMESTAMP_END,CO2_1_1_1,FC,FC_SSITC_TEST,LE,TA_PI_F_1_1_1,TA_1_1_1,TA_1_2_1,VPD_PI,SWC_1_1_1,PA,P,USTAR
202001010000,202001010030,410.5,-1.25,0,20.5,9.9,1.5,2.5,3.0,25.0,98.7,0.2,0.11
202001010030,202001010100,-9999,2.5,1,-9999,9.9,-9999,2.6,4.0,-9999,98.6,0.0,-9999
202001010100,202001010130,412.0,0.5,2,21.0,9.9,1.7,2.7,5.0,27.0,98.5,0.0,0.13
"""


def sample(reference, name):
    if name in GOFLUX:
        return reference / "oracles/flux/format_samples/goFlux" / name / GOFLUX[name][0]
    return next((reference / "oracles/flux/format_samples/diive").glob(DIIVE[name]))


def expected_format(name):
    return GOFLUX[name][1] if name in GOFLUX else name


def write(folder, text, name="file.dat"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def codes(frame):
    return [p.code for p in frame.attrs["problems"]]


@pytest.mark.parametrize("name", [*GOFLUX, *DIIVE])
def test_one_format_only_knows_the_file(reference, name):
    opened = Opened.open(sample(reference, name))
    assert [f.name for f in instruments.formats() if f.recognise(opened)] == [expected_format(name)]


@pytest.mark.parametrize("name", [*GOFLUX, *DIIVE])
def test_columns_are_of_the_vocabulary_and_numbers_are_float(reference, name):
    frame = instruments.read(sample(reference, name))
    assert frame.attrs["format"] == expected_format(name)
    for column in frame.columns:
        item = vocabulary.field(column)
        if item.numeric and column != "source_row":
            assert frame[column].dtype == np.float64, column
    assert frame["time"].dtype.kind == "M" and frame["time"].notna().all()
    for problem in frame.attrs["problems"]:
        assert problem.say("what", "en") and problem.say("fix", "zh")


@pytest.mark.parametrize("name", GOFLUX)
def test_cells_equal_those_of_goflux(reference, name):
    oracle = pd.read_csv(reference / f"oracles/flux/goflux/imports/{name}.csv")
    frame = instruments.read(sample(reference, name))
    assert len(frame) == len(oracle)
    assert (frame["time"] == pd.to_datetime(oracle["POSIX.time"])).all()
    compared = [c for c in oracle if c in SCALE]
    assert len(compared) >= 6
    for column in compared:
        field, factor = SCALE[column]
        np.testing.assert_allclose(frame[field], oracle[column] * factor, rtol=1e-12, atol=1e-12, err_msg=column)


def test_closure_of_the_gasmet_with_chamber_equals_goflux(reference):
    oracle = pd.read_csv(reference / "oracles/flux/goflux/imports/GasmetPD.csv")
    frame = instruments.read(sample(reference, "GasmetPD"))
    assert (frame["closure"] == oracle["chamID"]).all()
    assert (frame["chamber"] == oracle["chamber"].astype(str)).all()
    assert (frame["elapsed_time"] == oracle["Etime"]).all()
    start = frame["time"] - pd.to_timedelta(frame["elapsed_time"], unit="s")
    assert (start == pd.to_datetime(oracle["start.time"])).all()
    assert (frame["closure_end"] == pd.to_datetime(oracle["cham.open"])).all()
    assert frame["time"].min() == pd.to_datetime(oracle["cham.close"]).iloc[0]


def test_closures_of_the_egm5_end_where_the_file_says(reference):
    """goFlux joins both closings of plot 6; the file marks them with Start and End, and counts each anew."""
    path = sample(reference, "EGM5")
    oracle = pd.read_csv(reference / "oracles/flux/goflux/imports/EGM5.csv")
    frame = instruments.read(path)
    assert (frame["chamber"] == oracle["Plot_No"].astype(str)).all()
    assert list(frame["closure"].unique()) == ["1_1_2023-10-11", "6_1_2023-10-11", "6_2_2023-10-11"]
    first = frame["closure"] != "6_2_2023-10-11"
    assert (frame["closure"] == oracle["chamID"])[first].all()
    assert (frame["elapsed_time"] == oracle["Etime"])[first].all()
    lines = path.read_text().splitlines()
    records = {i: line.split(",") for i, line in enumerate(lines, 1) if line[:2] in ("M5", "R5")}
    assert list(frame["source_row"]) == list(records)
    own = np.array([float(r[19]) for r in records.values()])
    assert (frame["elapsed_time"] == own - 1)[1:].all()


def test_the_first_record_of_an_egm5_needs_no_heading(tmp_path):
    row = "M5,03/06/15,09:32:{:02d},1,3,400,1000.0,327,10.0,21.0,20.41,00,0.000,7,23.4,24.0,50,20,0,1,0,0\n"
    frame = instruments.read(write(tmp_path, "Start\n" + "".join(row.format(s) for s in range(5)) + "End\n"))
    assert frame["h2o_mole_fraction"].tolist() == [10.0] * 5
    assert frame["co2_mole_fraction"].tolist() == pytest.approx([400 / 0.99] * 5)
    assert frame["o2_mole_fraction"].tolist() == pytest.approx([204.1] * 5)
    assert frame["relative_humidity"].tolist() == [50.0] * 5
    assert str(frame["time"].iloc[0]) == "2015-06-03 09:32:00"


def plain(reference, name):
    """Raw columns of a sample, read without halosink, with missing values as NaN; and the rows skipped above them."""
    path = sample(reference, name)
    skip = {"eddypro_full_output": [0, 2], "icos": [1], "toa5": [0, 2, 3]}.get(name, [])
    return pd.read_csv(path, skiprows=skip, na_values=[-9999, "NAN"]).replace([np.inf, -np.inf], np.nan)


# field: (column, function of the raw numbers); the arithmetic of each unit is written out.
EXPECTED = {
    "eddypro_full_output": {
        "co2_flux": ("co2_flux", lambda x: x),
        "nee_quality": ("qc_co2_flux", lambda x: x),
        "sensible_heat_flux": ("H", lambda x: x),
        "latent_heat_flux": ("LE", lambda x: x),
        "latent_heat_quality": ("qc_LE", lambda x: x),
        "co2_storage_flux": ("co2_strg", lambda x: x),
        "momentum_flux": ("Tau", lambda x: x),
        "friction_velocity": ("u*", lambda x: x),
        "obukhov_length": ("L", lambda x: x),
        "stability_parameter": ("(z-d)/L", lambda x: x),
        "air_temperature": ("air_temperature", lambda x: x - 273.15),
        "sonic_temperature": ("sonic_temperature", lambda x: x - 273.15),
        "dew_point": ("Tdew", lambda x: x - 273.15),
        "air_pressure": ("air_pressure", lambda x: x / 1000),
        "vapour_pressure": ("e", lambda x: x / 1000),
        "vapour_pressure_deficit": ("VPD", lambda x: x / 1000),
        "relative_humidity": ("RH", lambda x: x),
        "wind_speed": ("wind_speed", lambda x: x),
        "wind_direction": ("wind_dir", lambda x: x),
        "co2_mole_fraction": ("co2_mixing_ratio", lambda x: x),
        "co2_mole_fraction_wet": ("co2_mole_fraction", lambda x: x),
        "h2o_mole_fraction": ("h2o_mole_fraction", lambda x: x),
        "crosswind_sd": ("v_var", lambda x: x**0.5),
        "evapotranspiration": ("ET", lambda x: x * 0.5),
    },
    "eddypro_fluxnet": {
        "co2_flux": ("FC", lambda x: x),
        "nee_quality": ("FC_SSITC_TEST", lambda x: x),
        "latent_heat_flux": ("LE", lambda x: x),
        "sensible_heat_flux": ("H", lambda x: x),
        "momentum_flux": ("TAU", lambda x: x),
        "co2_storage_flux": ("SC_SINGLE", lambda x: x),
        "friction_velocity": ("USTAR", lambda x: x),
        "obukhov_length": ("MO_LENGTH", lambda x: x),
        "crosswind_sd": ("V_SIGMA", lambda x: x),
        "air_temperature": ("TA_1_1_1", lambda x: x),
        "air_pressure": ("PA_EP", lambda x: x),
        "vapour_pressure_deficit": ("VPD_EP", lambda x: x / 10),
        "vapour_pressure": ("VAPOR_PARTIAL_PRESSURE", lambda x: x / 10),
        "shortwave_radiation": ("SW_IN_1_1_1", lambda x: x),
        "photosynthetic_photon_flux": ("PPFD_IN_1_1_1", lambda x: x),
        "co2_mole_fraction": ("CO2_MIXING_RATIO", lambda x: x),
        "co2_mole_fraction_wet": ("CO2", lambda x: x),
        "potential_radiation": ("SW_IN_POT", lambda x: x),
        "evapotranspiration": ("ET", lambda x: x * 0.5),
    },
    "fluxnet2015": {
        "nee": ("NEE_VUT_REF", lambda x: x),
        "nee_quality": ("NEE_VUT_REF_QC", lambda x: x),
        "reco": ("RECO_NT_VUT_REF", lambda x: x),
        "gpp": ("GPP_NT_VUT_REF", lambda x: x),
        "latent_heat_flux": ("LE_F_MDS", lambda x: x),
        "sensible_heat_flux": ("H_F_MDS", lambda x: x),
        "air_temperature": ("TA_F", lambda x: x),
        "air_temperature_quality": ("TA_F_QC", lambda x: x),
        "vapour_pressure_deficit": ("VPD_F", lambda x: x / 10),
        "air_pressure": ("PA_F", lambda x: x),
        "precipitation": ("P_F", lambda x: x),
        "shortwave_radiation": ("SW_IN_F", lambda x: x),
        "wind_speed": ("WS_F", lambda x: x),
        "friction_velocity": ("USTAR", lambda x: x),
        "soil_moisture": ("SWC_F_MDS_1", lambda x: x / 100),
    },
    "icos": {
        "shortwave_radiation": ("SW_IN_1_1_1", lambda x: x),
        "longwave_radiation_in": ("LW_IN_1_1_1", lambda x: x),
        "longwave_radiation_out": ("LW_OUT_1_1_1", lambda x: x),
        "photosynthetic_photon_flux": ("PPFD_IN_1_1_1", lambda x: x),
    },
    "toa5": {
        "air_temperature": ("TA_T1_2_1_Avg", lambda x: x),
        "relative_humidity": ("RH_T1_2_1_Avg", lambda x: x),
        "air_pressure": ("PA_CF1_1_1_Avg", lambda x: x / 1000),
        "soil_temperature": ("TS_CF1_0x05_1_Avg", lambda x: x),
        "soil_moisture": ("SWC_CF1_0x05_1_Avg", lambda x: x / 100),
        "soil_heat_flux": ("G_CF2_0x03_1_Avg", lambda x: x),
        "shortwave_radiation": ("SW_IN_M1_1_1_Avg", lambda x: x),
        "photosynthetic_photon_flux": ("PPFD_IN_M1_1_1_Avg", lambda x: x),
        "record_number": ("RECORD", lambda x: x),
    },
}
KINDS = {"icos": "weather", "toa5": "sensors"}


@pytest.mark.parametrize("name", EXPECTED)
def test_columns_equal_a_plain_reading_in_the_units_of_the_vocabulary(reference, name):
    raw = plain(reference, name)
    frame = instruments.read(sample(reference, name))
    assert len(frame) == len(raw)
    assert frame.attrs["kind"] == KINDS.get(name, "eddy")
    for field, (column, convert) in EXPECTED[name].items():
        values = convert(pd.to_numeric(raw[column], errors="coerce"))
        np.testing.assert_allclose(frame[field], values, rtol=1e-12, atol=1e-12, err_msg=field)
        assert frame.attrs["columns"][field] == column


@pytest.mark.parametrize("name", DIIVE)
def test_time_is_the_start_of_the_interval(reference, name):
    raw = plain(reference, name)
    frame = instruments.read(sample(reference, name))
    if name == "eddypro_full_output":
        want = pd.to_datetime(raw["date"] + " " + raw["time"]) - pd.Timedelta(minutes=30)
        assert "N-TIME-START" in codes(frame)
    elif name == "icos":
        want = pd.to_datetime(raw["TIMESTAMP"].astype(str), format="%Y%m%d%H%M%S")
    elif name == "toa5":
        want = pd.to_datetime(raw["TIMESTAMP"])
    else:
        want = pd.to_datetime(raw["TIMESTAMP_START"].astype(str), format="%Y%m%d%H%M")
    assert (frame["time"].to_numpy() == want.to_numpy()).all()


def test_ameriflux_base(tmp_path):
    """Names, units and missing values as ameriflux.lbl.gov describes them."""
    frame = instruments.read(write(tmp_path, BASE, "AMF_US-Xyz_BASE_HH_3-5.csv"))
    assert (frame.attrs["format"], frame.attrs["kind"]) == ("ameriflux_base", "eddy")
    assert (frame.attrs["site"], frame.attrs["version"]) == ("US-Xyz", "3-5")
    assert list(frame["time"].astype(str)) == ["2020-01-01 00:00:00", "2020-01-01 00:30:00", "2020-01-01 01:00:00"]
    assert frame["source_row"].tolist() == [4, 5, 6]
    np.testing.assert_allclose(frame["co2_mole_fraction_wet"], [410.5, np.nan, 412.0])
    np.testing.assert_allclose(frame["co2_flux"], [-1.25, 2.5, 0.5])
    np.testing.assert_allclose(frame["nee_quality"], [0, 1, 2])
    np.testing.assert_allclose(frame["latent_heat_flux"], [20.5, np.nan, 21.0])
    np.testing.assert_allclose(frame["air_temperature"], [1.5, np.nan, 1.7])
    np.testing.assert_allclose(frame["vapour_pressure_deficit"], [0.3, 0.4, 0.5])
    np.testing.assert_allclose(frame["soil_moisture"], [0.25, np.nan, 0.27])
    np.testing.assert_allclose(frame["air_pressure"], [98.7, 98.6, 98.5])
    assert codes(frame) == ["N-INSTRUMENT-ONE-OF"]
    assert "TA_1_2_1, TA_PI_F_1_1_1" in frame.attrs["problems"][0].say("what", "en")


def test_ameriflux_base_in_its_zip_beside_other_members(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("AMF_US-Xyz_BIF.xlsx", b"no table")
        archive.writestr("README.csv", "a,b\n1,2\n")
        archive.writestr("AMF_US-Xyz_BASE_HH_3-5.csv", BASE)
    zipped = instruments.read(write(tmp_path, buffer.getvalue(), "AMF_US-Xyz_BASE-BADM_3-5.zip"))
    alone = instruments.read(write(tmp_path, BASE))
    columns = [c for c in alone if c != "source_file"]
    pd.testing.assert_frame_equal(zipped[columns], alone[columns])
    with pytest.raises(UserError):
        instruments.read(write(tmp_path, buffer.getvalue()[:-60], "cut.zip"))


def test_an_upload_file_without_comments_is_read_in_any_order_of_columns(tmp_path):
    rows = [line.split(",") for line in BASE.splitlines()[2:]]
    turned = "\n".join(",".join(reversed(r)) for r in rows) + "\n"
    frame = instruments.read(write(tmp_path, turned))
    want = instruments.read(write(tmp_path, BASE, "base.csv"))
    for column in want.columns.drop(["source_row", "source_file"]):
        pd.testing.assert_series_equal(frame[column], want[column])


def test_rows_below_a_heading_with_other_columns_are_left_out(tmp_path):
    heading, *rows = BASE.splitlines()[2:]
    other = heading.replace("LE,", "G,")
    frame = instruments.read(write(tmp_path, "\n".join([heading, rows[0], heading, rows[1], other, rows[2], ""])))
    assert frame["source_row"].tolist() == [2, 4]
    assert codes(frame)[0] == "W-INSTRUMENT-ROWS"


@pytest.mark.parametrize("stamp", ["20200101", "202001"])
def test_weekly_and_longer_sums_are_refused(tmp_path, stamp):
    text = f"TIMESTAMP_START,TIMESTAMP_END,TA_F,TA_F_QC,NEE_VUT_REF\n{stamp},{stamp},1,1,2\n"
    with pytest.raises(UserError) as caught:
        instruments.read(write(tmp_path, text))
    assert [p.code for p in caught.value.problems] == ["E-EDDY-SUMS"]


def test_the_half_hours_are_taken_from_a_zip_that_holds_weeks_too(tmp_path):
    heading = "TIMESTAMP_START,TIMESTAMP_END,TA_F,TA_F_QC,NEE_VUT_REF,VPD_F"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("FLX_WW.csv", f"{heading},EXTRA\n20200101,20200107,1,1,2,3,4\n")
        archive.writestr("FLX_HH.csv", f"{heading}\n202001010000,202001010030,7,0,2,3\n")
    frame = instruments.read(write(tmp_path, buffer.getvalue(), "FLX.zip"))
    assert frame["air_temperature"].tolist() == [7.0]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("TS_F_MDS_12", ("soil_temperature", "F_MDS", (0, 12))),
        ("SWC_1_2_A", ("soil_moisture", "", (0, 1, 2, 0))),
        ("TA_T1_2_1", ("air_temperature", "", (1, 1, 2, 1))),
        ("SW_IN_POT", ("potential_radiation", "", ())),
        ("NEE_VUT_USTAR50", ("nee", "VUT_USTAR50", ())),
        ("CO2_MIXING_RATIO_1_1_1", ("co2_mole_fraction", "", (0, 1, 1, 1))),
    ],
)
def test_names_of_the_networks(heading, name):
    assert fluxnet_names.split(heading) == name


def test_gasmet_takes_wet_or_dry_as_each_row_says_and_any_gas_in_any_order(tmp_path):
    heading = (
        "Line\tDate\tTime\tMethane CH4\tUnit\t Compensation\t Residual\tEthanol C2H6O\tUnit\t Compensation\t Residual\t"
        "Ethane C2H6\tUnit\t Compensation\t Residual\tWater vapor H2O\tUnit\t Compensation\t Residual\t Status"
    )
    row = "0\t2024-04-15\t22:11:{:02d}\t{}\tppm\t{}\t0.1\t5\tppm\twet\t0.1\t{}\tppb\twet\t0.1\t2.0\tvol-%\twet\t0.1\tOK"
    text = "\r\n".join(["", heading, row.format(1, 2.0, "wet", 9), heading, row.format(2, 2.0, "dry", 9), ""])
    frame = instruments.read(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    np.testing.assert_allclose(frame["ch4_mole_fraction"], [2000 / 0.98, 2000])
    np.testing.assert_allclose(frame["ch4_mole_fraction_wet"], [2000, 2000 * 0.98])
    np.testing.assert_allclose(frame["c2h6_mole_fraction"], [9 / 0.98] * 2)
    np.testing.assert_allclose(frame["h2o_mole_fraction"], [20, 20])
    assert frame["source_row"].tolist() == [3, 5]
    assert codes(frame) == []


def test_gasmet_without_water_keeps_moist_values_and_says_what_it_cannot_keep(tmp_path):
    heading = "Line\tDate\tTime\tMethane CH4\tUnit\t Compensation\tAmmonia NH3\tUnit\t Compensation"
    row = "0\t15.04.2024\t22:11:01\t2.0\tppm\twet\t0.5\tmg/Nm3\twet"
    frame = instruments.read(write(tmp_path, f"{heading}\n{row}\n"))
    assert frame["ch4_mole_fraction_wet"].tolist() == [2000.0]
    assert {"ch4_mole_fraction", "nh3_mole_fraction"}.isdisjoint(frame.columns)
    assert str(frame["time"].iloc[0]) == "2024-04-15 22:11:01"
    assert codes(frame) == ["W-INSTRUMENT-UNIT", "N-INSTRUMENT-MOIST"]


def test_a_logger_of_a_flux_tower_fills_the_eddy_table(tmp_path):
    text = (
        '"TOA5","Site","CR6","123","CR6.Std.10","CPU:ec.cr6","1","Flux"\n"TIMESTAMP","RECORD","USTAR","H","TA_1_1_1"\n'
        '"TS","RN","m s-1","W m-2","furlongs"\n"","","Avg","Avg","Avg"\n"2024-01-01 00:30:00",1,0.2,"NAN",5\n'
    )
    frame = instruments.read(write(tmp_path, text))
    assert (frame.attrs["format"], frame.attrs["kind"]) == ("toa5_flux", "eddy")
    assert frame["friction_velocity"].tolist() == [0.2]
    assert frame["sensible_heat_flux"].isna().all()
    assert "air_temperature" not in frame and codes(frame) == ["W-INSTRUMENT-UNIT"]


def test_the_first_of_an_array_of_logger_probes_is_taken(tmp_path):
    text = (
        '"TOA5","S","CR1000","1","OS","P","1","T"\n"TIMESTAMP","RECORD","VWC_Avg(2)","VWC_Avg(1)","AirTC_Avg","AirTC_Std"\n'
        '"TS","RN","%","%","Deg C",""\n"","","Avg","Avg","Avg","Std"\n"2024-01-01 00:00:00.5",1,40,30,5.5,1\n'
    )
    frame = instruments.read(write(tmp_path, text))
    assert frame["soil_moisture"].tolist() == [0.3] and frame["air_temperature"].tolist() == [5.5]
    assert frame["time"].iloc[0] == pd.Timestamp("2024-01-01 00:00:00.5")
    assert set(frame.columns) == {
        *("time", "record_number", "soil_moisture", "air_temperature", "source_row", "source_file")
    }


@pytest.mark.parametrize("name", [*GOFLUX, *(n for n in DIIVE if n != "icos")])
def test_crlf_blank_lines_and_a_cut_last_line_change_nothing_else(reference, name, tmp_path):
    path = sample(reference, name)
    whole = instruments.read(path)
    data = [line for line in path.read_bytes().replace(b"\r", b"").split(b"\n") if line.strip()]
    last = max(i for i, line in enumerate(data) if line[:1].isdigit() or line[:1] in b'"MRC')
    data[last] = data[last][: len(data[last]) // 3]
    text = b"\xef\xbb\xbf" + b"\r\n".join(data[:last] + [b"", data[last]])
    frame = instruments.read(write(tmp_path, text, "other.ending"))
    assert len(frame) == len(whole) - 1
    assert "W-INSTRUMENT-ROWS" in codes(frame)
    columns = whole.columns.drop(["source_row", "source_file", "closure_end"], errors="ignore")
    pd.testing.assert_frame_equal(frame[columns], whole[columns].iloc[:-1])


@pytest.mark.parametrize("name", [*GOFLUX, *DIIVE])
def test_a_file_cut_anywhere_is_read_or_refused_with_a_reason(reference, name, tmp_path):
    data = sample(reference, name).read_bytes()
    for share in (0.0003, 0.002, 0.01, 0.03, 0.05, 0.1, 0.3, 0.601, 0.95, 0.9999):
        try:
            frame = instruments.read(write(tmp_path, data[: int(len(data) * share)]))
        except UserError as error:
            assert all(p.say("what", "zh") for p in error.problems)
        else:
            assert len(frame) and frame["time"].notna().all()


@pytest.mark.parametrize("name", [*GOFLUX, *(n for n in DIIVE if n != "icos")])
def test_garbage_within_a_file_costs_its_rows_only(reference, name, tmp_path):
    path = sample(reference, name)
    whole = instruments.read(path)
    rows = path.read_bytes().split(b"\n")
    at = int(whole["source_row"].iloc[len(whole) // 2]) - 1
    rows[at] = b"\x00\xff,,\t;" + rows[at][10:20]
    frame = instruments.read(write(tmp_path, b"\n".join(rows)))
    assert len(frame) == len(whole) - 1
    assert set(frame["source_row"]) == set(whole["source_row"]) - {at + 1}

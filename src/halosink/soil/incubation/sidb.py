"""The tables of the Soil Incubation Database (schadel2020) as a table of incubations."""

from __future__ import annotations

import pandas as pd

NOT_TREATMENTS = ("doi", "var", "name", "units", "varDesc", "temperature", "statistic", "primaryVariable", "replicates",
                  "gasMeasured", "primaryVariableName", "study")  # fmt: skip


def from_sidb(values: pd.DataFrame, variables: pd.DataFrame, carbon: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per value with the columns that table.incubations reads.

    values: study, time [d], series, value. variables: study, name (of a series), units, temperature, gasMeasured,
    statistic and treatments. carbon: study, series, soil_organic_carbon [g kg-1], where known. incubation_group names
    the series of one study that differ in nothing noted but the temperature. Names are compared without blanks at
    their ends.
    """
    told = variables.assign(series=variables["name"].str.strip())
    treatments = [c for c in told.columns if c not in NOT_TREATMENTS and c != "series"]
    group = told["study"].astype(str)
    for column in treatments:
        group = group + "|" + told[column].astype(object).where(told[column].notna(), "").astype(str)
    told = told.assign(group=group)
    wanted = ["study", "series", "units", "temperature", "gasMeasured", "statistic", "group"]
    frame = values.assign(series=values["series"].str.strip(), source_row=range(2, len(values) + 2))
    frame = frame.merge(told[wanted].drop_duplicates(["study", "series"]), on=["study", "series"], how="left")
    if carbon is not None:
        frame = frame.merge(carbon, on=["study", "series"], how="left")
    return pd.DataFrame(
        {
            "incubation": frame["study"] + "/" + frame["series"],
            "incubation_group": frame["group"],
            "incubation_time": frame["time"],
            "incubation_temperature": pd.to_numeric(frame["temperature"], errors="coerce"),
            "release_value": frame["value"],
            "release_unit": frame["units"].fillna(""),
            "release_gas": frame["gasMeasured"].fillna(""),
            "release_statistic": frame["statistic"].fillna(""),
            "soil_organic_carbon": frame["soil_organic_carbon"] if carbon is not None else float("nan"),
            "source_file": "timeseries_long.csv",
            "source_row": frame["source_row"],
        }
    )

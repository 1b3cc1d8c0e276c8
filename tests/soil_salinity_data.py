"""Real sets of salinity as canonical tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

NCSS_EC, NCSS_SAR = "cop_ncss17_ec12_2D_covarsc.txt", "cop_ncss17SAR_pct_covarsc.txt"


def ncss(reference: Path) -> pd.DataFrame:
    """Horizons of the National Cooperative Soil Survey, the tables of EC (1:2 extract) and SAR joined by sample.

    One row per sample in either table (15 samples stand twice in both and are joined in turn); `source_row` is the
    row in the table of `source_file`, which is that of EC where the sample is in both.
    """
    folder = reference / "data/soil_ec_sar_ncss_ucrb"
    ec = _read(
        folder / NCSS_EC, {"Sample_ID": "sample", "ec_12pre": "ec_1_2", "Pedon_key": "core"}, "depth_t", "depth_b"
    )
    sar = _read(
        folder / NCSS_SAR,
        {"labsampnum": "sample", "sar": "sodium_adsorption_ratio", "pedon_key": "core"},
        "hzn_top",
        "hzn_bot",
    )
    both = ec.merge(sar, on=["sample", "turn"], how="outer", suffixes=("", "_sar"), indicator=True)
    for column in ("core", "depth_top", "depth_bottom", "source_file", "source_row"):
        both[column] = both[column].where(both["_merge"] != "right_only", both[f"{column}_sar"])
    both["source_row"] = both["source_row"].astype(int)
    return both.drop(columns=[c for c in both if str(c).endswith("_sar")]).rename(columns={"_merge": "in_tables"})


def _read(file: Path, names: dict[str, str], top: str, bottom: str) -> pd.DataFrame:
    raw = pd.read_csv(file, sep="\t", dtype=str, keep_default_na=False)
    renamed = {**names, top: "depth_top", bottom: "depth_bottom"}
    out = raw[list(renamed)].rename(columns=renamed)
    for column in ("ec_1_2", "sodium_adsorption_ratio", "depth_top", "depth_bottom"):
        if column in out:
            out[column] = pd.to_numeric(out[column].replace("NA", ""), errors="raise")
    out["turn"] = out.groupby("sample").cumcount()
    return out.assign(source_file=file.name, source_row=np.arange(2, len(out) + 2))

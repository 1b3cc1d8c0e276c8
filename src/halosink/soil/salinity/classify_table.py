"""Salinity and sodicity classes of every row of a soil table, with their probabilities or the reason why not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from halosink.problems import Problem
from halosink.soil.salinity.class_limits import most_probable
from halosink.soil.salinity.class_options import ClassOptions
from halosink.soil.salinity.row_classes import RowClasses
from halosink.soil.salinity.salt_affected import ussl_criteria, ussl_probabilities
from halosink.soil.salinity.table_checks import WATER_COLUMNS, Block, Values
from halosink.soil.salinity.wetland_classes import wetland_classes

BLOCK = 5_000_000
"""Numbers of one kind held at a time: rows times draws, 40 MB."""
KEPT = ("site", "block", "plot", "core", "sample", "date", "layer", "depth_top", "depth_bottom", "replicate")


def classify(frame: pd.DataFrame, options: ClassOptions | None = None) -> tuple[pd.DataFrame, list[Problem]]:
    """Classes of a canonical soil table: one row per row of the frame, in its order, and what is wrong in it.

    Used columns: ec_saturated_paste, else ec_1_1, ec_1_2, ec_1_2_5, ec_1_5 (the narrowest extract there is, by
    saturation_extract_ec with clay, sand, texture_class and saturation_percentage); exchangeable_sodium_percentage,
    else extractable_sodium less soluble_sodium over cation_exchange_capacity, else exchangeable_sodium over it, else
    sodium_adsorption_ratio (of the saturation extract), else that of the soluble ions, taken as of a 1:5 extract, by
    saturation_sar; ph_saturated_paste, else ph_water; soil_salt_content, else ec_1_5.
    Columns: source_file, source_row and those of KEPT that are there; ece [dS/m], the median, and ece_from;
    sodium_from; ussl_class with p_normal, p_saline, p_sodic, p_saline_sodic; ece_class, esp_class and
    china_salt_class with the probability of the class given (ece_class_p ...); reason, codes of
    texts/soil_salinity.toml with commas between, why there is no USSL class or what speaks against it; china_reason.
    With options.wetland also the columns of wetland_classes, from WATER_COLUMNS.
    Rows are worked on in blocks, so that memory stays bounded. Sources: richards1954, those of the tables of classes.
    """
    options = options or ClassOptions()
    values = Values(frame, WATER_COLUMNS if options.wetland else ())
    summed = values.cation_sum()
    step = max(1, BLOCK // options.draws)
    starts = range(0, max(len(values.frame), 1), step)
    parts = [_classes(Block(values, summed, start, start + step), options) for start in starts]
    values.flush()
    return pd.concat(parts, ignore_index=True), values.problems


def _classes(values: Block, options: ClassOptions) -> pd.DataFrame:
    work, criteria = RowClasses(values, options), ussl_criteria()
    ece, ece_from = work.ece()
    sodium = work.sodium(ece)
    chance = ussl_probabilities(ece, sodium.draws, np.where(sodium.ratio, criteria.sar, criteria.esp))
    found = most_probable(chance, criteria.classes)
    out = values.frame[[c for c in ("source_file", "source_row", *KEPT) if c in values.frame]].copy()
    out["ece"], out["ece_from"] = np.median(ece, axis=1), ece_from
    out["sodium_from"] = sodium.origin
    out["ussl_class"] = found
    for k, name in enumerate(criteria.classes):
        out[f"p_{name}"] = chance[:, k]
    for (column, table), draws in zip(options.by_column.items(), (ece, sodium.esp), strict=True):
        share = table.probabilities(draws, bracketed=options.bracketed)
        out[column], out[f"{column}_p"] = most_probable(share, table.classes), share.max(axis=1)
    out["reason"] = work.reasons(ece, sodium, found)
    work.china(out)
    if options.wetland:
        wetland_classes(values, options, out)
    return out

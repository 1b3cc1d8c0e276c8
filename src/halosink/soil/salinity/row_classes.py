"""Draws of salinity and sodicity of the rows of a table, and why a row has no class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.soil.salinity.class_limits import class_tables, most_probable
from halosink.soil.salinity.class_options import ClassOptions
from halosink.soil.salinity.exchangeable_sodium import esp_from_sar, exchangeable_sodium_percentage
from halosink.soil.salinity.extract_sar import sar_of_soluble_ions, saturation_sar
from halosink.soil.salinity.paste_conversion import READING, saturation_extract_ec
from halosink.soil.salinity.published_lines import RATIOS, Array
from halosink.soil.salinity.salt_affected import ussl_criteria
from halosink.soil.salinity.salt_content import salt_of_ec
from halosink.soil.salinity.sodium_ratios import charge_concentration
from halosink.soil.salinity.streams import generator
from halosink.soil.salinity.table_checks import Block
from halosink.soil.salinity.texture import texture_of

LINES_REACH = 25.9
"""dS/m, the highest ECe behind a published line of which the range was seen. Source: kargas2020."""
SODIUM_ERROR = 0.05
"""Own choice: relative error of a measured SAR, ESP or salt content."""


@dataclass(frozen=True, slots=True)
class Sodium:
    """draws (n, draws) of SAR where `ratio`, of ESP elsewhere; esp (n, draws); origin (n,) columns used."""

    draws: Array
    esp: Array
    ratio: NDArray[np.bool_]
    origin: NDArray[Any]
    codes: dict[str, NDArray[np.bool_]]


class RowClasses:
    """One block of rows, quantity by quantity."""

    def __init__(self, values: Block, options: ClassOptions):
        self.values, self.options, self.n = values, options, len(values.frame)

    def _measured(self, value: Array, name: str, error: float) -> Array:
        random = generator(self.options.seed, "soil", "salinity", name)
        return np.asarray(value[:, None] * np.exp(error * random.standard_normal((self.n, self.options.draws))))

    def ece(self) -> tuple[Array, NDArray[Any]]:
        values, options = self.values, self.options
        measured = values["ec_saturated_paste"]
        out = self._measured(measured, "paste", READING)
        origin: NDArray[Any] = np.where(np.isfinite(measured), "ec_saturated_paste", "").astype(object)
        texture = texture_of(values.frame)
        for column, ratio in RATIOS.items():
            rows = (origin == "") & np.isfinite(values[column])
            if not rows.any():
                continue
            paste = values["saturation_percentage"][rows]
            out[rows] = saturation_extract_ec(
                values[column][rows], ratio, texture[rows], paste, draws=options.draws, seed=options.seed
            )
            origin[rows] = column
            values.tell("N-SALINITY-EC-MODEL", rows, column, column=column)
            middle = np.full(self.n, np.nan)
            middle[rows] = np.median(out[rows], axis=1)
            beyond = middle > LINES_REACH
            if beyond.any():
                highest = f"{np.nanmax(middle):.0f}"
                values.tell("W-SALINITY-ECE-RANGE", beyond, column, highest=highest, limit=LINES_REACH)
        return out, origin

    def sodium(self, ece: Array) -> Sodium:
        """ESP as given or computed, else SAR; an ESP that SAR contradicts in saline soil gives way to SAR."""
        values, options = self.values, self.options
        summed = values.summed
        capacity = np.where(summed, np.nan, values["cation_exchange_capacity"])
        soluble = charge_concentration(values["soluble_sodium"], "Na") / 10.0
        subtracted = exchangeable_sodium_percentage(values["extractable_sodium"], soluble, capacity)
        held = exchangeable_sodium_percentage(values["exchangeable_sodium"], np.zeros(self.n), capacity)
        over = (subtracted > 100) | (held > 100)
        if over.any():
            shown = np.concatenate([subtracted[over], held[over]])
            low, high = f"{np.nanmin(shown):.0f}", f"{np.nanmax(shown):.0f}"
            values.tell("E-SALINITY-ESP", over, "exchangeable_sodium", lowest=low, highest=high)
        esp, origin = np.full(self.n, np.nan), np.full(self.n, "", dtype=object)
        given = np.where(summed, np.nan, values["exchangeable_sodium_percentage"])
        for name, one in (
            ("exchangeable_sodium_percentage", given),
            ("extractable_sodium", np.where(subtracted > 100, np.nan, subtracted)),
            ("exchangeable_sodium", np.where(held > 100, np.nan, held)),
        ):
            take = np.isnan(esp) & np.isfinite(one)
            esp[take], origin[take] = one[take], name
        of_ratio, sar_origin = self._ratio()
        sar = np.median(of_ratio, axis=1)
        expected = esp_from_sar(of_ratio, 10.0 * np.median(ece, axis=1), draws=options.draws, seed=options.seed)
        most = np.quantile(expected, 0.975, axis=1)
        saline = np.median(ece, axis=1) > ussl_criteria().ece
        inflated = saline & np.isfinite(sar) & (esp > most)
        if inflated.any():
            worst = int(np.nanargmax(np.where(inflated, esp - most, np.nan)))
            values.tell(
                "W-SALINITY-ESP-SOLUBLE",
                inflated,
                "exchangeable_sodium_percentage",
                highest=f"{esp[worst]:.0f}",
                expected=f"{most[worst]:.0f}",
            )
        esp = np.where(inflated, np.nan, esp)
        ratio = np.isnan(esp) & np.isfinite(sar)
        origin[np.isnan(esp)] = ""
        origin[ratio] = sar_origin[ratio]
        told = ratio & (sar_origin == "soluble_sodium")
        values.tell("N-SALINITY-SAR-MODEL", told, "soluble_sodium")
        share = np.minimum(self._measured(esp, "esp_measured", SODIUM_ERROR), 100.0)
        raw = np.isfinite(values["extractable_sodium"]) & np.isnan(values["soluble_sodium"])
        codes = {
            "cec_is_cation_sum": summed & (origin == ""),
            "soluble_unknown": raw & (origin == ""),
            "sodicity_impossible": (origin == "")
            & (over | values.bad("exchangeable_sodium_percentage", "sodium_adsorption_ratio")),
        }
        both = np.where(ratio[:, None], of_ratio, share)
        return Sodium(both, np.where(ratio[:, None], expected, share), ratio, origin, codes)

    def _ratio(self) -> tuple[Array, NDArray[Any]]:
        """(n, draws) SAR of the saturation extract, measured or from soluble ions, and the column it is from."""
        values, options = self.values, self.options
        measured = values["sodium_adsorption_ratio"]
        out = self._measured(measured, "sar", SODIUM_ERROR)
        origin: NDArray[Any] = np.where(np.isfinite(measured), "sodium_adsorption_ratio", "").astype(object)
        diluted = sar_of_soluble_ions(*(values[f"soluble_{ion}"] for ion in ("sodium", "calcium", "magnesium")))
        rows = (origin == "") & np.isfinite(diluted)
        if rows.any():
            out[rows] = saturation_sar(diluted[rows], draws=options.draws, seed=options.seed)
            origin[rows] = "soluble_sodium"
        return out, origin

    def reasons(self, ece: Array, sodium: Sodium, found: list[str]) -> list[str]:
        values, criteria = self.values, ussl_criteria()
        no_ec = np.isnan(ece).any(axis=1)
        unnamed = no_ec & np.isfinite(values["ec_unspecified"])
        values.tell("W-SALINITY-EC-UNNAMED", unnamed, "ec_unspecified")
        wrong = no_ec & ~unnamed & values.bad("ec_saturated_paste", *RATIOS, "ec_unspecified")
        no_sodium = sodium.origin == ""
        named = np.stack(list(sodium.codes.values())).any(axis=0)
        ph = np.where(np.isfinite(values["ph_saturated_paste"]), values["ph_saturated_paste"], values["ph_water"])
        classes = np.array(found, dtype=object)
        against = (classes == "sodic") & (ph < criteria.ph)
        against |= np.isin(classes, ("normal", "saline")) & (ph > criteria.ph)
        codes = {
            "ec_extract_unnamed": unnamed,
            "ec_impossible": wrong,
            "missing_ec": no_ec & ~unnamed & ~wrong,
            **sodium.codes,
            "missing_sodicity": no_sodium & ~named,
            "ph_impossible": values.bad("ph_saturated_paste", "ph_water") & np.isnan(ph),
            "ph_against_class": against,
        }
        return [",".join(code for code, rows in codes.items() if rows[i]) for i in range(self.n)]

    def china(self, out: pd.DataFrame) -> None:
        """Class of salt content by region, from the content or from a 1:5 extract."""
        values, options = self.values, self.options
        content = values["soil_salt_content"]
        draws = self._measured(content, "salt_measured", SODIUM_ERROR)
        rows = np.isnan(content) & np.isfinite(values["ec_1_5"])
        if rows.any():
            draws[rows] = salt_of_ec(values["ec_1_5"][rows], draws=options.draws, seed=options.seed)
        lacking: list[bool] = np.asarray(np.isnan(draws).any(axis=1)).tolist()
        codes = [["missing_salt"] if none else [] for none in lacking]
        out["china_salt_class"], out["china_salt_class_p"] = "", np.nan
        if options.region:
            table = class_tables()[f"salt_content_china.{options.region}"]
            share = table.probabilities(draws, bracketed=options.bracketed)
            out["china_salt_class"], out["china_salt_class_p"] = most_probable(share, table.classes), share.max(axis=1)
        else:
            codes = [[*found, "region_not_named"] for found in codes]
        out["china_reason"] = [",".join(found) for found in codes]

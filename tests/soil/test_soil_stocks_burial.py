"""Lead-210 and caesium-137 against analytic cores and a published dating."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink.soil.stocks.burial import MODELS, carbon_burial
from halosink.soil.stocks.caesium_137 import peak
from halosink.soil.stocks.lead_210 import (
    DECAY,
    constant_initial_concentration,
    constant_sedimentation,
    constant_supply,
)

ALTA = np.array(
    [
        # excess lead-210 (Bq g-1), dry mass (g) of the sections, and the published year of their upper limit
        [0.301841, 2.63, 2014.602151],
        [0.339907, 2.11, 2011.324911],
        [0.377973, 2.38, 2008.046525],
        [0.374452, 2.34, 2003.397442],
        [0.341499, 5.71, 1998.114678],
        [0.200181, 5.85, 1981.834184],
        [0.109396, 7.14, 1965.636109],
        [0.080779, 6.73, 1947.182294],
    ]
)
"""Core of Alta Lake, whole inventory 8.197383 Bq, dated by a laboratory with CRS. Source: dunnington2016."""


def test_published_crs_dates():
    excess, mass, year = ALTA.T
    below = 8.197383 - (excess * mass).sum()
    found = constant_supply(excess, mass, below=below, decay=np.log(2) / 22.3)
    assert year[0] - found.age[:-1] == pytest.approx(year[1:], abs=0.02)


def steady(rate=0.25, surface=200.0, sections=60, thick=0.2):
    """Excess of sections of equal mass under constant flux and sedimentation (exact means), and their mass."""
    edges = thick * np.arange(sections + 1)
    total = surface * rate / DECAY * np.exp(-DECAY * edges / rate)
    return -np.diff(total) / thick, np.full(sections, thick), total[-1]


def test_crs_is_exact_on_a_steady_core():
    excess, mass, below = steady()
    found = constant_supply(excess, mass, below=below)
    assert found.rate == pytest.approx(0.25, rel=1e-9)
    assert found.age == pytest.approx(np.cumsum(mass) / 0.25, rel=1e-9)
    assert found.flux == pytest.approx(200 * 0.25, rel=1e-9)


def test_crs_follows_a_changing_rate_under_constant_flux():
    rng = np.random.default_rng(6)
    years = rng.uniform(1, 4, 50)
    limits = np.concatenate([[0.0], np.cumsum(years)])
    mass = years * rng.uniform(0.05, 0.6, 50)
    flux = 30.0
    left = flux / DECAY * np.exp(-DECAY * limits)
    found = constant_supply(-np.diff(left) / mass, mass, below=left[-1])
    assert found.rate == pytest.approx(mass / years, rel=1e-7)


def test_cfcs_and_cic_on_a_steady_core():
    excess, mass, _ = steady()
    middle = np.cumsum(mass) - mass / 2
    line = constant_sedimentation(excess, middle)
    assert line.rate == pytest.approx(0.25, rel=1e-9) and line.r2 == pytest.approx(1)
    age = constant_initial_concentration(excess, line.surface)
    assert age == pytest.approx(middle / 0.25, rel=1e-6)


def test_excess_that_does_not_fall_has_no_rate():
    assert np.isnan(constant_sedimentation(np.array([1.0, 2, 3, 4]), np.arange(4.0)).rate)
    assert np.isnan(constant_sedimentation(np.array([3.0, 2, -1, -1]), np.arange(4.0)).rate)


def test_peak_and_what_is_none():
    assert peak(np.array([1.0, 2, 9, 3, 1, 0.5])).index == 2
    assert peak(np.array([9.0, 3, 2, 1, 0.5])).reason == "at_surface"
    assert peak(np.array([1.0, 1, 1, 1, 9])).reason == "at_bottom"
    assert peak(np.array([1.0, 1.2, 1.1, 1, 0.9])).reason == "no_peak"
    assert peak(np.array([1.0, 5, np.nan, 1])).reason == "few_sections"


def core(name="a", noise=0.0, seed=0):
    """2 cm sections, 3 mm a year, density 0.5, 60 g C per kg: 1500 g m-2 yr-1 and 90 g C m-2 yr-1."""
    rng = np.random.default_rng(seed)
    top = np.arange(0.0, 60, 2)
    density, rate = 0.5, 0.15
    edges = density * np.append(top, 60)
    left = 100 * rate / DECAY * np.exp(-DECAY * edges / rate)
    excess = -np.diff(left) / np.diff(edges)
    caesium = 1 + 30 * np.exp(-(((top + 1) - 57 * 0.3) ** 2) / 8)
    return pd.DataFrame(
        {
            "core": name,
            "depth_top": top,
            "depth_bottom": top + 2,
            "bulk_density": density,
            "soil_organic_carbon": 60.0,
            "radium_226": 20.0,
            "caesium_137": caesium,
            "year": 2020.0,
            "lead_210_total": (excess + 20) * (1 + noise * rng.normal(size=len(top))),
        }  # fmt: skip
    )


def test_rates_of_a_steady_core():
    table, problems = carbon_burial(core(), draws=400)
    by = table.set_index("model")
    assert list(by.index) == list(MODELS) and problems == []
    assert by["mass_accumulation_rate"].to_numpy() == pytest.approx(1500, rel=0.06)
    assert by["carbon_burial_rate"].to_numpy() == pytest.approx(90, rel=0.06)
    assert by["accretion_rate"].to_numpy() == pytest.approx(3, rel=0.06)
    assert (by["carbon_burial_rate_low"] < 90).all() and (by["carbon_burial_rate_high"] > 90).all()


def test_draws_cover_the_rate_of_noisy_cores():
    frame = pd.concat([core(f"c{i}", 0.1, i) for i in range(120)], ignore_index=True)
    table, _ = carbon_burial(frame, draws=200)
    for model in ("crs", "cfcs"):
        part = table[(table["model"] == model) & (table["reason"] == "")]
        inside = (part["carbon_burial_rate_low"] <= 90) & (part["carbon_burial_rate_high"] >= 90)
        assert len(part) > 110
        assert 0.85 <= inside.mean() <= 1.0, model


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: f.assign(bulk_density=np.nan), "no_density"),
        (lambda f: f.assign(bulk_density=-81.0), "no_density"),
        (lambda f: f.assign(soil_organic_carbon=np.nan), "no_carbon"),
        (lambda f: f.iloc[:4], "few_sections"),
        (lambda f: f.iloc[:8], "background_not_reached"),
        (lambda f: f.iloc[3:], "not_from_surface"),
    ],
)
def test_cores_without_a_rate_say_why(change, reason):
    table, problems = carbon_burial(change(core()))
    crs = table[table["model"] == "crs"].iloc[0]
    assert crs["reason"] == reason
    assert any(p.code == "W-BURIAL-NO-RATE" for p in problems)


def test_caesium_needs_the_year():
    table, _ = carbon_burial(core().drop(columns="year"))
    assert table.set_index("model").loc["caesium_137", "reason"] == "no_year"

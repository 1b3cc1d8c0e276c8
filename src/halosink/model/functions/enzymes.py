"""How much of its full rate decomposition has with the microbes that are there."""

from __future__ import annotations

from halosink.model.arrays import Array

HALF_BIOMASS = 50.0
"""Microbial carbon that gives half the full rate [g C m-3], about 35 mg kg-1. Own choice, a tenth to a fifth of the
biomass of topsoils: rates saturate there and fall with the biomass of subsoils."""
DORMANT_SEED = 0.5
"""Carbon of spores and newcomers that are always there [g C m-3]. Own choice: 1 % of the half biomass, so that soil
without microbes is colonised within some years."""


def microbial_share(microbes: Array, thickness: Array) -> Array:
    """(B + B0) / (B + B0 + K), B the microbial carbon of the volume [g C m-3]; microbes [g C m-2], thickness [m].

    Saturates in microbes, not in food: with a rate that saturates in food alone, stocks swing and do not answer to
    inputs (georgiou2017); here rates stay first order in what decomposes and follow microbes where they are few.
    """
    there = microbes / thickness + DORMANT_SEED
    return there / (there + HALF_BIOMASS)

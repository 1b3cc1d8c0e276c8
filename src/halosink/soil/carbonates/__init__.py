"""Carbonate system of soil water, and what forming or dissolving carbonate means for the air."""

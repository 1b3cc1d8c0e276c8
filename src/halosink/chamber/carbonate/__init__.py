"""Soil CO2 flux over carbonate: respiration, and exchange in phase with warming."""

"""Parameterisations shared by processes: pure functions of arrays."""

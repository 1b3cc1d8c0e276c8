"""Closures cut out of raw records by a field sheet."""

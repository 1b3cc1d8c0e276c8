"""Contiguous patches of a raster and what is summed over them, whole or tile by tile with the same result."""

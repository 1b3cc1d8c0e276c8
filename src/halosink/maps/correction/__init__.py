"""Correction of a map by field plots: regression kriging or a forest, with errors that hold where no plot is."""

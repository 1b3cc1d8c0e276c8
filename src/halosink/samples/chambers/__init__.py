"""A morning with a closed chamber and a laser analyser: raw file, field sheet, plots, and the truth they came from."""

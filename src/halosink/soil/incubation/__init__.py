"""Incubations of soil: how much carbon is released how fast, and what of it the readings determine."""

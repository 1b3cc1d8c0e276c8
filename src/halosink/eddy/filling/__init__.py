"""Filling of gaps: by like conditions, by the mean course of the day, by a forest."""

"""Processes of the monthly tier, one in each file."""

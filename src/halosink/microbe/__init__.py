"""Microbial communities."""

"""Fractions of soil organic carbon: what they are, whether they close, what they say of how firmly carbon is held."""

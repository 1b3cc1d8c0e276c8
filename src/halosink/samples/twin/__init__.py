"""A synthetic restoration trial whose true values are known."""

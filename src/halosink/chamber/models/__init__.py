"""Models of the concentrations in one closure, each a function of arrays."""

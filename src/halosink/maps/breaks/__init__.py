"""Classes of a layer: natural breaks at any size, equal intervals, quantiles, breaks given."""

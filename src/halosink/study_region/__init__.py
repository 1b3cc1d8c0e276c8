"""The maps of a study's region: from its files to its results, tile by tile."""

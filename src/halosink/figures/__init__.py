"""One file per figure: a function that returns an SVG, its caption and the numbers drawn."""

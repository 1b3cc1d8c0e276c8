"""Which readings of a closure count: dead band, break, spikes, bubbles."""

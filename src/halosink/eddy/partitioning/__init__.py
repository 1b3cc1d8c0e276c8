"""Net exchange taken apart into respiration and photosynthesis, by its nights or by its days."""

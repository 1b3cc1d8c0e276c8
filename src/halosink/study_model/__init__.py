"""Where a study meets the response model: its tables become plots and weather, runs become results."""

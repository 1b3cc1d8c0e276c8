"""From readings to fluxes: closures packed, models weighed, one chosen, its error drawn."""

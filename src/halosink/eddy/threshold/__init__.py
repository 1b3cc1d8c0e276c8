"""The least friction velocity at which the night-time flux no longer rises with turbulence."""

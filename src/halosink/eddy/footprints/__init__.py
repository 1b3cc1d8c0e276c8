"""Where the flux that a tower measures comes from."""

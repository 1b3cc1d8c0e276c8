"""What is set aside before anything is filled: bad flags, impossible values, repeats, spikes, low turbulence."""

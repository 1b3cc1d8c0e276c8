"""Sums over years with what is uncertain in them: random errors, filling, and the threshold of friction velocity."""

"""How to compile the monthly tier where derivatives are taken."""

from __future__ import annotations

UNFUSED = {"xla_disable_hlo_passes": "fusion"}
"""compiler_options of jax.jit. The month is one long chain of layers; fused, XLA on a CPU writes the same terms out
again and again and takes minutes to compile derivatives of it, unfused ten seconds, for about a tenth of the speed."""

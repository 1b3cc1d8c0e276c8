"""How to compile the monthly tier on a CPU: FAST for what runs long, UNFUSED for what runs shortly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from halosink.model.arrays import jax

UNFUSED = {"xla_disable_hlo_passes": "fusion"}
"""compiler_options of jax.jit. The month is one long chain of layers; fused, XLA on a CPU writes the same terms out
again and again and takes minutes to compile derivatives of it; unfused ten seconds, for a third of the speed of FAST.
"""

FAST: dict[str, Any] = {"xla_disable_hlo_passes": "cse_barrier_expander", "xla_cpu_prefer_vector_width": 512}
"""compiler_options of jax.jit for long runs and their derivatives, on a CPU only. The first keeps what `once` has set
apart: else XLA takes that out before it fuses. The second lets it use registers of eight numbers where the CPU has
them. The kernels of a month are so short that threads of XLA cost more than they bring: with PJRT_NPROC=1 in the
environment before JAX starts it uses one, and other blocks of lanes may run beside it in processes of their own.
"""

T = TypeVar("T")


def again(work: Callable[..., T], *given: Any) -> T:
    """What work(*given) gives; on the way back of a derivative it is worked out again instead of kept.

    For parts of what is itself under jax.checkpoint: a month leaves some 18 kB of terms in each lane for the way back,
    far more than the cache holds at 1,000 lanes; part by part they stay in it, for one more forward run.
    """
    result: T = jax.checkpoint(work, prevent_cse=False)(*given)
    return result


def once(values: T) -> T:
    """The same arrays (any pytree), computed once when compiled with FAST, not again in each term that uses them."""
    held: T = jax.lax.optimization_barrier(values)  # type: ignore[no-untyped-call]
    return held

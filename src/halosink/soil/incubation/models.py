"""The models that may be fitted to a series, from a steady rate to three pools.

Each is linear in its initial fluxes F and curved in the logarithms theta of its rates, so that for given rates the
fluxes follow from linear least squares (golub1973). Sizes of pools are F / k.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from halosink.soil.incubation import shapes
from halosink.soil.incubation.series import Array

POOLS = ("fast", "middle", "slow")


@dataclass(frozen=True, slots=True)
class Model:
    """d rates (and shape parameters) in `theta`, p fluxes. `columns`, `changes` take theta (..., d) and (n,) times.

    columns(theta, start, end) -> (..., n, p), mean flux per initial flux; changes(...) -> (..., n, d), how the column
    that belongs to theta_j changes with it; owner[j]: that column. natural(theta, flux) -> (..., names) values of the
    parameters that users know. curve: which of theta is the logarithm of a half-saturation ratio, not of a rate.
    """

    name: str
    rates: int
    fluxes: int
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    columns: Callable[[Array, Array, Array], Array]
    changes: Callable[[Array, Array, Array], Array]
    owner: tuple[int, ...]
    natural: Callable[[Array, Array], Array]
    curve: int = -1

    @property
    def parameters(self) -> int:
        return self.rates + self.fluxes


def _pool_columns(constant: bool) -> Callable[[Array, Array, Array], Array]:
    def columns(theta: Array, start: Array, end: Array) -> Array:
        found = shapes.pool(np.exp(theta)[..., None, :], start[:, None], end[:, None])
        if not constant:
            return found
        return np.concatenate([found, np.ones((*found.shape[:-1], 1))], axis=-1)

    return columns


def _pool_changes(theta: Array, start: Array, end: Array) -> Array:
    return shapes.pool_change(np.exp(theta)[..., None, :], start[:, None], end[:, None])


def _pool_natural(theta: Array, flux: Array) -> Array:
    k = np.exp(theta)
    sizes = flux[..., : k.shape[-1]] / k
    paired = np.stack([sizes, k], axis=-1).reshape(*k.shape[:-1], -1)
    return np.concatenate([paired, flux[..., k.shape[-1] :]], axis=-1)


def _pools(name: str, which: tuple[str, ...], constant: bool = False) -> Model:
    names = tuple(f"{part}_{w}" for w in which for part in ("pool", "rate")) + (("steady_flux",) if constant else ())
    kinds = ("amount", "rate") * len(which) + (("flux",) if constant else ())
    d = len(which)
    owner = tuple(range(d))
    return Model(name, d, d + constant, names, kinds, _pool_columns(constant), _pool_changes, owner, _pool_natural)


def _second_columns(theta: Array, start: Array, end: Array) -> Array:
    return shapes.second_order(np.exp(theta)[..., None, :], start[:, None], end[:, None])


def _second_changes(theta: Array, start: Array, end: Array) -> Array:
    return shapes.second_order_change(np.exp(theta)[..., None, :], start[:, None], end[:, None])


def _second_natural(theta: Array, flux: Array) -> Array:
    k = np.exp(theta[..., 0])
    return np.stack([flux[..., 0] / k, k], axis=-1)


def _michaelis_columns(theta: Array, start: Array, end: Array) -> Array:
    k, h = np.exp(theta[..., 0, None]), np.exp(theta[..., 1, None])
    return shapes.michaelis(k, h, start, end)[..., None]


# own choice: cube root of the machine's rounding, the best step of a central difference
STEP = 6e-6


def _michaelis_changes(theta: Array, start: Array, end: Array) -> Array:
    found = []
    for j in range(2):
        step = np.zeros(2)
        step[j] = STEP
        above, below = (_michaelis_columns(theta + s, start, end) for s in (step, -step))
        found.append((above - below)[..., 0] / (2 * STEP))
    return np.stack(found, axis=-1)


def _michaelis_natural(theta: Array, flux: Array) -> Array:
    k, h = np.exp(theta[..., 0]), np.exp(theta[..., 1])
    substrate = flux[..., 0] / k
    return np.stack([substrate, k * (1 + h) * substrate, h * substrate], axis=-1)


def _steady_columns(theta: Array, start: Array, end: Array) -> Array:
    return np.ones((*theta.shape[:-1], len(start), 1))


def _steady_changes(theta: Array, start: Array, end: Array) -> Array:
    return np.zeros((*theta.shape[:-1], len(start), 0))


_ALL = (
    Model("steady", 0, 1, ("steady_flux",), ("flux",), _steady_columns, _steady_changes, (), lambda theta, flux: flux),
    _pools("one_pool", ("fast",)),
    Model("second_order", 1, 1, ("substrate", "rate_initial"), ("amount", "rate"), _second_columns, _second_changes,
          (0,), _second_natural),
    _pools("one_pool_steady", ("fast",), constant=True),
    Model("michaelis_menten", 2, 1, ("substrate", "vmax", "half_saturation"), ("amount", "flux", "amount"),
          _michaelis_columns, _michaelis_changes, (0, 0), _michaelis_natural, curve=1),
    _pools("two_pool", ("fast", "slow")),
    _pools("three_pool", POOLS),
)  # fmt: skip
MODELS: Mapping[str, Model] = MappingProxyType({m.name: m for m in _ALL})

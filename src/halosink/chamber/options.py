"""How chamber fluxes are to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Window = Literal["auto", "whole", "given"]
Choice = Literal["evidence", "linear", "robust_linear", "hutchinson_mosier", "kappa_max"]
Search = Literal["least_squares", "goflux"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of `fluxes`; what a row of the data says (deadband, closure_length) comes before what stands here.

    window: "auto" finds where the disturbance of closing ends and where the curve breaks; "given" takes deadband and
    closure_length as they are; "whole" takes every reading since closing. deadband [s]: the least that is left out at
    the start. longest_deadband [s]: the most that "auto" leaves out there. mixing [s]: what "auto" leaves out of every
    running series, since air mixes and cells fill in every chamber, but no more than a twelfth of the closure.
    choice: "evidence" weighs straight line and curves by the data; or the name of a model for every closure;
    "kappa_max" is the rule for vials of huppi2018.
    confidence: of low and high. precision: standard deviation of one reading by gas ("co2" ...), in the unit of the
    mole fraction; where given, minimal detectable fluxes rest on it, and rate_max is the slope over it, the rule of
    rheault2024goflux; else both rest on the noise of the closure.
    drift: standard deviation by gas of how much the analyser drifts on its own, mole fraction per hour. A drift that
    lasts longer than the closure looks like flux to anyone: what stands here widens the intervals.
    bubbles: gases in which jumps are taken for bubbles. search: "goflux" gives hm_flux and hmr_flux of series that do
    not bend as the unfinished search of rheault2024goflux leaves them; "least_squares" gives the line.
    gas_constant [J mol-1 K-1]: goFlux rounds it to 8.314, which makes its fluxes larger by 5.6e-5.
    """

    window: Window = "auto"
    deadband: float = 0.0
    longest_deadband: float = 120.0
    mixing: float = 10.0
    choice: Choice = "evidence"
    confidence: float = 0.95
    precision: Mapping[str, float] = field(default_factory=dict)
    drift: Mapping[str, float] = field(default_factory=dict)
    bubbles: tuple[str, ...] = ("ch4",)
    search: Search = "least_squares"
    gas_constant: float = 8.314462618

    def __post_init__(self) -> None:
        if self.window not in ("auto", "whole", "given"):
            raise ValueError(f"window {self.window!r} is not one of auto, whole, given")
        if self.choice not in ("evidence", "linear", "robust_linear", "hutchinson_mosier", "kappa_max"):
            raise ValueError(f"choice {self.choice!r} is not a way to choose")
        if self.search not in ("least_squares", "goflux"):
            raise ValueError(f"search {self.search!r} is not one of least_squares, goflux")
        if any(not one >= 0 for one in (*self.precision.values(), *self.drift.values())):
            raise ValueError("precision and drift are not negative")
        if not 0 < self.confidence < 1:
            raise ValueError("confidence lies between 0 and 1")

"""One quantity against a gradient: the values per unit and the slope of the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from halosink.contracts import Language
from halosink.figures import canvas, numbers, words
from halosink.figures.canvas import Figure

HEIGHT = 300
SKEWED = 10.0  # own choice: interquartile ranges from the median to the largest; a normal one of any size stays below 5
MOST = 2000  # own choice: beyond this many dots nothing more is seen


def draw(points: pd.DataFrame, slope: pd.Series, language: Language, confidence: float = 0.95) -> Figure:
    """`points`: gradient_value, value and, for lines within sites, site_key per unit. `slope`: of effects/gradients.

    The line has the slope of the row and goes through the middle of the dots, of the site means where it is the slope
    among sites; the fan is its interval. Where the slope within sites is known and another, thin lines show it.
    """
    import altair as alt

    log, log_y = (f"log10({part})" in str(slope.get("transform")) for part in ("gradient", "quantity"))
    site = points["site_key"] if "site_key" in points else pd.Series(0, index=points.index)
    used = points[["gradient_value", "value"]].dropna().astype(float).assign(site=site)
    used = used[((used["gradient_value"] > 0) | (not log)) & ((used["value"] > 0) | (not log_y))]
    used = used.sort_values(["gradient_value", "value"]).rename(columns={"gradient_value": "x", "value": "y"})
    place = np.log10(used["x"]) if log else used["x"]
    level = np.log10(used["y"]) if log_y else used["y"]
    x_low, x_high = canvas.axis_ends(place)
    means = pd.DataFrame({"x": place, "y": level, "site": used["site"]}).groupby("site", sort=False).mean()
    among = same(slope, "among") and len(means) > 2
    middle = means if among else pd.DataFrame({"x": place, "y": level})
    middle_x, middle_y = (_given(slope.get(f"through_{k}"), float(middle[k].mean())) for k in ("x", "y"))
    ends = np.array([place.min(), place.max()], dtype=float)
    grid = np.sort(np.append(np.linspace(float(ends[0]), float(ends[1]), 31), middle_x))
    fan = np.stack([middle_y + (grid - middle_x) * float(slope[k]) for k in ("low", "high")])
    line = middle_y + (ends - middle_x) * float(slope["slope"])
    y_low, y_high = canvas.axis_ends(level, (float(line[0]), float(line[1])))

    def back(values: Any) -> Any:
        return 10**values if log else values

    def back_y(values: Any) -> Any:
        return 10**values if log_y else values

    quantity, gradient = str(slope["quantity"]), str(slope["gradient"])
    x_title = words.titled(gradient, language, slope.get("gradient_unit"))
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=[back(x_low), back(x_high)], type="log" if log else "linear", nice=False, zero=False),
        axis=alt.Axis(
            title=x_title,
            tickCount=6,
            domain=True,
            grid=False,
            labelOverlap=True,
            format="~g" if log else alt.Undefined,
        ),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(
            domain=[back_y(y_low), back_y(y_high)], type="log" if log_y else "linear", nice=False, zero=False
        ),
        axis=alt.Axis(
            title=None,
            tickCount=6,
            grid=True,
            domain=False,
            labelOverlap=True,
            format="~g" if log_y else alt.Undefined,
        ),
    )
    low, high = fan.min(axis=0).clip(y_low, y_high), fan.max(axis=0).clip(y_low, y_high)
    band = pd.DataFrame({"x": back(grid), "y": back_y(low), "y2": back_y(high)})
    separable = bool(slope.get("separable"))
    inner = _inner_lines(used["site"], place, level, slope) if not same(slope, "within") else pd.DataFrame()
    extra: list[Any] = []
    if len(inner):
        lines = inner.assign(x=back(inner["x"]), y=back_y(inner["y"].clip(y_low, y_high)))
        extra.append(alt.Chart(lines).mark_line(color=canvas.SOFT, strokeWidth=1.2).encode(x=x, y=y, detail="site:N"))
    if among:
        rings = pd.DataFrame({"x": back(means["x"]), "y": back_y(means["y"])})
        extra.append(
            alt.Chart(rings)
            .mark_point(shape="circle", size=90, color=canvas.INK, strokeWidth=1.6, opacity=1)
            .encode(x=x, y=y)
        )
    chart = alt.layer(
        alt.Chart(band).mark_area(color=canvas.PALE, opacity=0.35).encode(x=x, y=y, y2="y2:Q"),
        alt.Chart(_thin(used)[["x", "y"]]).mark_circle(color=canvas.BLUE, size=34, opacity=0.6).encode(x=x, y=y),
        alt.Chart(pd.DataFrame({"x": back(ends), "y": back_y(line)}))
        .mark_line(color=canvas.VERMILION, strokeWidth=2, strokeDash=[1, 0] if separable else [6, 4])
        .encode(x=x, y=y),
        *extra,
        alt.Chart(pd.DataFrame([{"t": words.titled(quantity, language, slope.get("unit"))}]))
        .mark_text(align="left", x=-62, y=-14)
        .encode(text="t:N"),
    )
    said = {
        "quantity": words.quantity(quantity, language),
        "gradient": words.inside(gradient, language),
        "percent": f"{confidence * 100:g}",
    }
    estimate = slope_note(slope, language)
    alt_text = words.say("gradient.alt", language, slope=estimate, **said)
    through = words.say("gradient.middle_sites" if among else "gradient.middle_dots", language)
    caption = words.say("gradient.caption", language, slope=estimate, middle=through, **said)
    if len(inner):
        caption += words.say("gradient.within", language, slope=part_note(slope, "within", language))
    if not log_y and _skewed(used["y"]):
        caption += words.say("gradient.skewed", language)
    if not separable:
        caption += words.say("gradient.null", language)
    name = f"gradient-{quantity}-{slope['table']}-{gradient}"
    svg = canvas.draw(chart, name, alt_text, canvas.WIDTH, HEIGHT, (66.0, 20.0, 28.0, 46.0))
    return Figure(svg, caption, used.rename(columns={"x": gradient, "y": quantity}))


def _skewed(values: pd.Series) -> bool:
    """Whether the largest value stands so far above the others that it leads a straight line."""
    lower, middle, upper = np.quantile(values, (0.25, 0.5, 0.75))
    return bool(values.max() - middle > SKEWED * (upper - lower) > 0)


def _given(value: Any, fallback: float) -> float:
    return float(value) if value is not None and value == value else fallback


def same(slope: pd.Series, part: str) -> bool:
    """Whether the headline slope is the one among, or within, sites."""
    own = slope.get(f"{part}_site_slope")
    return own is not None and own == own and abs(own - slope["slope"]) <= 1e-9 * max(abs(own), 1e-12)


def _inner_lines(site: pd.Series, x: pd.Series, y: pd.Series, slope: pd.Series) -> pd.DataFrame:
    """Both ends of a line per site with the slope within sites; empty where that is not known."""
    inside = slope.get("within_site_slope")
    if inside is None or inside != inside or site.nunique() < 2:
        return pd.DataFrame()
    ends = []
    for name, part in x.groupby(site, sort=False):
        middle = float(y[part.index].mean())
        for end in (float(part.min()), float(part.max())):
            ends.append({"site": str(name), "x": end, "y": middle + (end - float(part.mean())) * float(inside)})
    return pd.DataFrame(ends)


def part_note(slope: pd.Series, part: str, language: Language) -> str:
    """The slope `among` or `within` sites with its interval and unit; "" if there is none."""
    names = [f"{part}_site_{k}" for k in ("slope", "low", "high")]
    known = [slope.get(n) for n in names]
    if any(v is None or v != v for v in known):
        return ""
    own = slope.copy()
    own[["slope", "low", "high"]] = [float(v) for v in known if v is not None]
    return slope_note(own, language)


def slope_note(slope: pd.Series, language: Language) -> str:
    """The slope with its interval and unit; as a percent change where the quantity was taken as log10."""
    mid, low, high = _slopes(slope, ("slope", "low", "high"))
    return _worded(numbers.interval(mid, low, high, language, signed=True), slope, language)


def detectable_note(slope: pd.Series, language: Language) -> str:
    """The smallest slope that the design could have seen, without sign; "" if unknown."""
    least = slope.get("minimum_detectable_slope")
    if least is None or least != least:
        return ""
    value = _slopes(pd.Series({"transform": slope.get("transform"), "least": abs(least)}), ("least",))[0]
    digits = numbers.interval_digits(*_slopes(slope, ("slope", "low", "high")))
    return _worded(numbers.number(value, language, digits), slope, language)


def _slopes(slope: pd.Series, names: tuple[str, ...]) -> list[float]:
    values = [float(slope[k]) for k in names]
    return [100 * (10**v - 1) for v in values] if "log10(quantity)" in str(slope.get("transform")) else values


def _worded(estimate: str, slope: pd.Series, language: Language) -> str:
    transform = str(slope.get("transform"))
    shown = "%" if "log10(quantity)" in transform else words.unit(str(slope["quantity"]), slope.get("unit"))
    per = words.unit(str(slope["gradient"]), slope.get("gradient_unit"))
    tenfold = "log10(gradient)" in transform
    step = words.say("gradient.tenfold" if tenfold else "gradient.per", language, unit=f"1\u00a0{per}" if per else "1")
    space = "" if estimate.endswith("）") else "\u00a0"
    return words.say("gradient.slope", language, estimate=estimate, unit=space + shown if shown else "", step=step)


def _thin(used: pd.DataFrame) -> pd.DataFrame:
    """Evenly spaced rows of the sorted table, the first and the last among them."""
    if len(used) <= MOST:
        return used
    return used.iloc[np.unique(np.linspace(0, len(used) - 1, MOST).round().astype(int))]

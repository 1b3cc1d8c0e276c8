"""Errors of rival models on weeks that they had not seen, and what the abiotic part takes off them."""

from __future__ import annotations

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import canvas, numbers, rows, words
from halosink.figures.canvas import Figure

MODELS = ("mean", "biotic", "lagged", "two_part")
POINTS = 60  # own choice: more single series than this in one row only make a smear
RIVALS = {"biotic": ("difference", "low", "high"), "lagged": ("lag_difference", "lag_low", "lag_high")}


def draw_errors(models: pd.DataFrame, name: str, language: Language) -> Figure:
    """models: rows of one table of series, model, rmse, skill; series "" for all together, which stands first."""
    total = models.drop_duplicates("model").set_index("model")
    several = models[models["series"] != ""]
    drawn = []
    for model in MODELS:
        rmse, skill = float(total["rmse"][model]), float(total["skill"][model])
        note = numbers.number(rmse, language, 3)
        single = tuple(several.loc[several["model"] == model, "rmse"].astype(float))
        drawn.append(
            rows.Row(
                label=_model(model, language),
                mid=rmse,
                note=note if model == "mean" else f"{note} · {numbers.number(skill, language, 2)}",
                points=single if 1 < len(single) <= POINTS else (),
                style="solid" if model == "two_part" else "open",
            )
        )
    _, high = canvas.axis_ends([v for r in drawn for v in (r.mid, *r.points)], include=(0.0,))
    said = {"models": "; ".join(f"{r.label} {r.note}" for r in drawn)}
    unit = words.unit("co2_flux")
    title = words.say("held_out.axis", language, unit=unit)
    svg = rows.draw(
        drawn,
        rows.Axis(title, 0.0, high),
        name,
        words.say("held_out.alt", language, **said),
        words.say("held_out.note", language),
    )
    caption = words.say("held_out.caption", language)
    if any(r.points for r in drawn):
        caption += words.say("held_out.points", language)
    return Figure(svg, caption, models)


def draw_gain(comparison: pd.Series, name: str, percent: str, language: Language) -> Figure:
    """comparison: the row of one table; RMSE of the two-part model minus that of each rival, with intervals."""
    drawn = []
    for rival, columns in RIVALS.items():
        mid, low, high = (float(comparison[c]) for c in columns)
        drawn.append(
            rows.Row(
                label=words.say("held_out.against", language, rival=_model(rival, language)),
                mid=mid,
                low=low,
                high=high,
                note=numbers.interval(mid, low, high, language, signed=True),
                style="solid" if high < 0 or low > 0 else "open",
            )
        )
    low, high = canvas.axis_ends([v for r in drawn for v in (r.mid, r.low, r.high)], include=(0.0,), room=0.08)
    said = {"percent": percent}
    svg = rows.draw(
        drawn,
        rows.Axis(words.say("held_out.gain_axis", language, unit=words.unit("co2_flux")), low, high, line=0.0),
        name,
        words.say("held_out.gain_alt", language, **said) + "; ".join(f"{r.label} {r.note}" for r in drawn),
        words.say("held_out.gain_note", language, **said),
    )
    return Figure(svg, words.say("held_out.gain_caption", language, **said), comparison.to_frame().T)


def _model(name: str, language: Language) -> str:
    return vocabulary.say(f"carbonate.model.{name}", language)

"""Text of study.toml in both languages."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from halosink.contracts import Text


class Both(BaseModel):
    """A sentence in English and Chinese; a plain string serves both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    zh: str

    @property
    def text(self) -> Text:
        return Text(self.en, self.zh)


def _both(value: Any) -> Any:
    return {"en": value, "zh": value} if isinstance(value, str) else value


Bilingual = Annotated[Both, BeforeValidator(_both)]

"""Why a value of study.toml is refused, in the words of a user and not of the validation library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from halosink.contracts import Text

LIMITS = {
    "less_than": ("must be less than {lt}", "须小于 {lt}"),
    "less_than_equal": ("must be at most {le}", "不得大于 {le}"),
    "greater_than": ("must be greater than {gt}", "须大于 {gt}"),
    "greater_than_equal": ("must be at least {ge}", "不得小于 {ge}"),
    "finite_number": ("must be a finite number", "须为有限的数值"),
}
KINDS = {
    "float": ("a number without quotation marks belongs here", "此处应填数值，不加引号"),
    "int": ("a whole number without quotation marks belongs here", "此处应填整数，不加引号"),
    "bool": ("true or false, without quotation marks, belongs here", "此处应填 true 或 false，不加引号"),
    "tuple": ("a list in square brackets belongs here", "此处应填方括号中的列表"),
    "list": ("a list in square brackets belongs here", "此处应填方括号中的列表"),
    "dict": ("a section of its own belongs here, written as [section]", "此处应为单独的一节，写作 [节名]"),
    "model": ("a section of its own belongs here, written as [section]", "此处应为单独的一节，写作 [节名]"),
}


def reason(kind: str, message: str, value: Any, context: Mapping[str, Any]) -> Text:
    """The sentence for one type of pydantic error; the library's own message where the type is not known.

    kind, message, value, context: type, msg, input and ctx of the error.
    """
    if kind in LIMITS:
        return Text(*(t.format(**context) for t in LIMITS[kind]))
    if kind == "literal_error":
        choices = str(context["expected"]).replace(" or ", ", ").replace("'", '"')
        return Text(f"one of these belongs here: {choices}", f"此处只能填：{choices}")
    if kind == "string_type":
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return Text(f'write it in quotation marks: "{value}"', f'请加上英文引号，写作 "{value}"')
        return Text("a text in quotation marks belongs here", "此处应填加英文引号的文本")
    plain = kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_from_float")
    return Text(*KINDS.get(plain, (message, f"格式不符（{message}）")))

"""``docs/functions.md`` and ``docs/functions.zh.md``, made from the registry of worksheet functions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from perfeval_xl.excel.functions import BY_NAME, FUNCTIONS, Function, Parameter
from perfeval_xl.messages import Language, in_language

#: By their paths in the repository.
PAGES: Final[dict[Language, str]] = {"en": "docs/functions.md", "zh": "docs/functions.zh.md"}
#: Calls shown on the page; what they give is computed.
EXAMPLES: Final[dict[str, tuple[tuple[Any, ...], ...]]] = {
    "PERF_SCORE": (
        (">100人次", "52人次", 12.5),
        (">2个", "3个", 10, "shenzhen-futian"),
        ("≤11月", "12月", 15, "beijing-fengtai-hrss"),
        (3, 4, 20, "beijing-fengtai-union", "时效指标"),
        ("优良中差", "良", 20),
    ),
    "PERF_RATE": (("≥2.3万份", "25000份"), ("≤30.5万元", "29.92万元"), ("及时", "及时")),
    "PERF_EXEC_RATE": ((345202, 350000), (5, 0)),
    "PERF_EXEC_SCORE": ((345202, 350000, 10), (12, 10)),
    "PERF_TOTAL": ((9.86, [[12.5], [12.5], [""], [30]]),),
    "PERF_GRADE": ((90,), (59.99, "shanghai-baoshan")),
    "PERF_VALUE": (("2.3万份",), ("≥95%",), ("3 5人",)),
    "PERF_UNIT": (("2.3万份",), ("3000元/人.年",)),
    "PERF_EXPLAIN": ((">100人次", "52人次", 12.5), ("≥20台", "18人", 10)),
}
_TEXTS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "title": "# Worksheet functions\n\n[中文](functions.zh.md)",
        "intro": (
            "The same names and results in Excel, in the macro workbook without Python, in LibreOffice and in Python\n"
            "(`perfeval_xl.excel.functions`). A range in any argument gives an array of its size; single values, a row "
            "or a\ncolumn are used again for each of its rows and columns, as in Excel's own functions, and whole "
            "columns (`A:A`) count\ndown to the last row in use. What cannot be decided gives an empty text, and "
            "`PERF_EXPLAIN` says why; a wrong argument\ngives `#VALUE!`, a wrong cell of a range only in its own "
            "place. No function is volatile.\n\n"
            "`PERF_CHECK` and `PERF_JSON` want the whole form in their range. Without Python they read forms made from "
            "our templates;\nof any other `PERF_CHECK` says that it needs Python and `PERF_JSON` is empty.\n\n"
            "Without a level, a bare number is a floor and never a month: name 时效指标 or 成本指标 as the level, or "
            "write ≤ and 月\nin the target. Every host passes the cases of `tests/cases/functions.tsv`."
        ),
        "head": "| argument | what |\n|---|---|",
        "optional": "optional",
        "examples": "| call | result |\n|---|---|",
        "empty": "(empty)",
    },
    "zh": {
        "title": "# 工作表函数\n\n[English](functions.md)",
        "intro": (
            "在 Excel、不用 Python 的宏工作簿、LibreOffice 和 Python（`perfeval_xl.excel.functions`）里，"
            "名称和结果都相同。\n任何参数给一个区域，结果就是同样大小的数组；单个的值、单行、单列用于每一行每一列，"
            "与 Excel 自己的函数一样，\n整列（`A:A`）只算到用到的最后一行。不能判定的结果为空，原因用 `PERF_EXPLAIN` "
            "查看；参数不对的为 `#VALUE!`，\n区域里一个单元格不对，只有它自己的位置是 `#VALUE!`。"
            "所有函数都不是易失函数。\n\n"
            "`PERF_CHECK` 和 `PERF_JSON` 的区域要包含整张自评表。没有 Python 时只读用本软件模板做的表；\n"
            "其他自评表，`PERF_CHECK` 说明需要 Python，`PERF_JSON` 为空。\n\n"
            "不写二级指标时，没有符号的数按“至少”理解，也不当作月份：请写明 时效指标、成本指标，"
            "或者在目标里写上 ≤ 和 月。\n"
            "各种环境都要通过 `tests/cases/functions.tsv` 里的用例。"
        ),
        "head": "| 参数 | 含义 |\n|---|---|",
        "optional": "可省略",
        "examples": "| 公式 | 结果 |\n|---|---|",
        "empty": "（空）",
    },
}


def page(language: Language) -> bytes:
    """The page in one language, as the file holds it."""
    texts = _TEXTS[language]
    # sentences that functions give are Chinese on both pages, as in a cell
    with in_language("zh"):
        sections = [_section(each, language) for each in FUNCTIONS]
    return "\n\n".join([texts["title"], texts["intro"], *sections]).encode() + b"\n"


def _section(function: Function, language: Language) -> str:
    texts = _TEXTS[language]
    arguments = "\n".join(_argument(parameter, language) for parameter in function.parameters)
    parts = [f"## {function.signature}", function.description(language), f"{texts['head']}\n{arguments}"]
    if function.name in EXAMPLES:
        parts.append("\n".join([texts["examples"], *_examples(function, texts["empty"])]))
    return "\n\n".join(parts)


def _argument(parameter: Parameter, language: Language) -> str:
    optional = f" ({_TEXTS[language]['optional']})" if parameter.optional else ""
    return f"| `{parameter.name}`{optional} | {parameter.description(language)} |"


def _examples(function: Function, empty: str) -> Iterator[str]:
    for arguments in EXAMPLES[function.name]:
        found = BY_NAME[function.name].call(*arguments)
        shown = ", ".join(_literal(argument) for argument in arguments)
        yield f"| `={function.name}({shown})` | {_result(found, empty)} |"


def _literal(value: Any) -> str:
    """As a formula writes it: a column of cells is ``{12.5;30}``."""
    if isinstance(value, list):
        return "{" + ";".join(",".join(_literal(cell) for cell in row) for row in value) + "}"
    return json.dumps(value, ensure_ascii=False)


def _result(found: Any, empty: str) -> str:
    if isinstance(found, float):
        return f"{found:.12g}"
    return str(found) or empty

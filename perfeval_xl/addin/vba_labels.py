"""What the VBA reader of an office's own form must know: labels by what they stand over, words that end a title, open a
note or sum up a group, and by what a region's form is known. Everything comes from the vocabulary of the layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from perfeval_xl.layout.profile_fit import PART_OF_PLACE, labels_apart
from perfeval_xl.profile import DEFAULT_PROFILE, SCOPES, Profile, load_profile, profile_ids
from perfeval_xl.profile.vocabulary import SIMPLER, compact, vocabulary

#: Words that VBA looks up hold no colon: ``其中:当年财政拨款`` stands in its tables with this in its place.
COLON: Final = ";"


def tables() -> dict[str, Mapping[str, object] | Iterable[str]]:
    """Tables of words by name. A label may mean something else in each scope: ``|funds:score|indicators:score|``."""
    words = vocabulary(None)
    labels = {
        key.replace(":", COLON): "".join(f"|{scope}:{roles[scope]}" for scope in SCOPES if scope in roles) + "|"
        for key, roles in words.roles.items()
        if key
    }
    return {
        "labels": labels,
        "title ends": words.titles,
        "sister titles": words.sisters,
        "footers": [key for key in sorted(words.footers) if key],
        "level1 names": sorted(words.level1),
        "level2 names": sorted(words.level2),
        "level parents": {name: ",".join(sorted(above)) for name, above in sorted(words.parents.items())},
        "note heads": ("注", "说明", "填表说明", "填报说明", "备注说明"),
        "money words": ("资金", "拨款", "补助", "收入", "经费", "结转", "结余", "贷款"),
        "group sums": ("小计", "合计", "小计得分", "合计得分", "得分小计", "得分合计"),
        "example words": ("示例", "样例", "范例", "举例", "例子", "示范", "例如"),
        "seals": ("(盖章)", "(签字)", "(签章)", "(公章)", "(章)"),
    }


def characters() -> dict[str, str]:
    """Sets of characters by name."""
    return {
        "traditional": "".join(map(chr, SIMPLER)),
        "simpler": "".join(chr(code) for code in SIMPLER.values()),
        "profile ids": "|".join(profile_ids()),
        "annex": "附",
        "annex kinds": "件表",
        "unit word": "单位",
        "amount word": "金额",
        "traditional ten thousand": "萬",
        "general format": "通用格式",
        "unit marks": "十百千万亿萬美欧港日",
        "other units": "十百千亿美欧港日英澳",
        "no unit behind": "单多公纪状",
        "no unit before": "旦件素数年月",
        "room": "年月日_.:/",
        "indicator word": "指标",
        "level3 word": "三级指标",
        "ordinals": "0123456789一二三四五六七八九十",
        "numbering": "一二三四五六七八九十",
        "year of form": "年度",
        "remark": "备",
        "either level": "成本指标",
        "place ends": "省市区县旗",
        "autonomous": "自治州",
        "such as": "例如",
    }


def settings(profile: Profile) -> dict[str, str]:
    """By what a form of the region is known (see ``layout.profile_fit``), and the rows of its funds table."""
    default = load_profile(DEFAULT_PROFILE)
    own = {key for _, key in labels_apart(profile.id, default.id)}
    parts = PART_OF_PLACE.findall(profile.region.zh)
    sections = profile.page.sections
    return {
        "fit_title": compact(profile.title) if profile.title != default.title else "",
        "fit_labels": "|".join(sorted(key.replace(":", COLON) for key in own)),
        "fit_order": "goals" if sections.index("goals") < sections.index("funds") else "funds",
        "fit_points": "yes" if profile.indicators.level1_points else "no",
        "fit_place": parts[-1][:-1] if parts else profile.region.zh,
        "fund_labels": "|".join("".join(row.label.split()) for row in profile.funds.rows),
    }

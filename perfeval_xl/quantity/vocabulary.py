"""The words and signs that people write in 年度指标值 and 实际完成值, as plain tables.

Every table is written in *folded* text (see ``fold``): ASCII signs, simplified characters, no spaces.
Lists of words are one text with spaces between. Nothing here is code, so the tables can be carried over to a host
without Python as they are.
"""

from __future__ import annotations

from typing import Final

DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# --- glyphs ---------------------------------------------------------------------------------------------------

#: Any of the left signs is read as the right one.
GLYPHS: Final = (
    # The last of each is the sign as the Symbol font holds it.
    ("≧⩾⋝\uf0b3", "≥"),
    ("≦⩽⋜\uf0a3", "≤"),
    ("﹦", "="),
    ("﹥", ">"),
    ("﹤", "<"),
    ("≒∽≃≅", "≈"),
    ("〜∼﹏", "~"),
    ("‐‑﹣−", "-"),
    # A dash is no minus: it joins a range, stands for "nothing", or begins a list.
    ("–―‒─", "—"),
    ("﹪", "%"),
    ("・•‧∙⋅", "·"),
    ("✕✖⨯∗", "×"),
    ("∶︰﹕", ":"),
    ("⁄∕╱÷", "/"),
    ("【〔〖", "["),
    ("】〕〗", "]"),
    ("￥", "¥"),
    ("〇", "零"),
    ("㎡", "平方米"),
    ("㎥", "立方米"),
    ("㎞", "公里"),
    ("㎏", "公斤"),
    ("㎝", "厘米"),
    ("㎜", "毫米"),
    ("。｡", "。"),
    ("﹐", ","),
    ("﹔", ";"),
    # Quotation marks say nothing; like a space they must not join two numbers.
    ("“”„‟「」『』《》〈〉\"'‘’", " "),
)
#: Traditional character (left) read as the simplified one below it; only those that occur in these tables.
TRADITIONAL: Final = (
    "萬億兩幾個項場臺戶冊處輛隻條塊畝噸節屆檔達滿優壞過內實現預標準時間數於約無單報業員題門類級課學圓歷錢"
    "紙張棟盞餘價層車輪組雙對號開舉辦調動應盡較強際給點區縣鄉鎮團隊質效評為規劃經費總變減擴縮長鐘週歲貳陸"
    "僅還沒權屬圍適說參與續與務響環術廣達構關產員勞議訴複製據僱傭維護際終極遲誤計畫劃執啟徵緩趕"
    "擬將爭測漲錯違敗傷損轉結絕須備籌離遺虧閒閑曠滯貨檢紀輟糾紛斷電機廢"
)
SIMPLIFIED: Final = (
    "万亿两几个项场台户册处辆只条块亩吨节届档达满优坏过内实现预标准时间数于约无单报业员题门类级课学圆历钱"
    "纸张栋盏余价层车轮组双对号开举办调动应尽较强际给点区县乡镇团队质效评为规划经费总变减扩缩长钟周岁贰陆"
    "仅还没权属围适说参与续与务响环术广达构关产员劳议诉复制据雇佣维护际终极迟误计画划执启征缓赶"
    "拟将争测涨错违败伤损转结绝须备筹离遗亏闲闲旷滞货检纪辍纠纷断电机废"
)

# --- numerals -------------------------------------------------------------------------------------------------

CHINESE_DIGITS: Final = {
    "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
SMALL_PLACES: Final = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
LARGE_PLACES: Final = {"万": 10_000, "亿": 100_000_000}
#: After a figure: 3千万元, 5百人. The longest that fits is taken.
MAGNITUDES: Final = {
    "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "十亿": 10**9,
    "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
#: Decimal places a sign moves the figure by: 95% is 0.95.
RATIO_SIGNS: Final = {"%": -2, "‰": -3, "成": -1}
#: Before the figure: 百分之九十五. Signs they stand for.
RATIO_BEFORE: Final = {"百分之": "%", "千分之": "‰"}
HUNDRED_PERCENT: Final = ("百分之百", "百分之一百", "百分百")
#: Between a number and its unit: "300余人", "20多家" is more than the number.
MORE_MARKS: Final = "余多+"
#: A number next to one of these is not exact in a way that can be counted: "十几人", "一年半".
VAGUE_MARKS: Final = "几半"

# --- operators ------------------------------------------------------------------------------------------------

#: Before the number. The longest that fits is taken.
OPERATORS_BEFORE: Final = {
    ">=": "≥ >= => ≥= 大于等于 大于或等于 高于或等于 不低于 不少于 不小于 不得低于 不得少于 不得小于 不能低于"
          " 不能少于 不应低于 不应少于 未低于 没有低于 未少于 至少 最少 最低",
    "<=": "≤ <= =< ≤= 小于等于 小于或等于 低于或等于 不超过 不超出 不超 不高于 不大于 不多于 不得超过 不得高于 不得大于"
          " 不得多于 不能超过 不能高于 不应超过 未超过 未超出 未超 没有超过 没超过 未高于 至多 最多 控制在",
    ">": "> 大于 超过 超出 高于 多于 超 突破",
    "<": "< 小于 低于 少于 不足 不到 不满 未满 未达到 未达 不达到 没达到 没有达到 未能达到",
    "=": "= == 等于",
    "~": "≈ ~ 约 约为 大约 大概 将近 接近 近",
}  # fmt: skip
#: After the number and its unit.
OPERATORS_AFTER: Final = {
    ">=": "以上 及以上 或以上 (含)以上 以上(含) 含以上",
    "<=": "以下 及以下 或以下 (含)以下 以下(含) 以内 之内 (含)以内",
    "~": "左右 上下",
}
#: After the number, only when they touch it: "3天内".
OPERATORS_TOUCHING: Final = {"内": "<="}
#: No operator when one of these characters follows: 内部, 内容.
NOT_TOUCHING_BEFORE: Final = "部容外设"
#: Operators only directly in front of a figure: elsewhere they begin other words (不满意, 未达标, 超额, 最低工资).
OPERATORS_AT_FIGURE: Final = "约 约为 近 接近 将近 超 不足 不到 不满 未满 未达到 未达 最低 最少 突破 控制在 ~ - 没超过"
#: No operator behind one of these characters: 节约3万元, 附近5公里.
OPERATOR_NOT_AFTER: Final = {"约": "节合公契条邀预违制签", "近": "附最就亲邻", "超": "赶高"}
#: A Chinese numeral behind one of these belongs to a word: 统一, 唯一, 进一步.
WORD_BEFORE_NUMERAL: Final = "统唯同专之每另进单逐万"
#: What may follow a figure without being its counter.
AFTER_FIGURE: Final = (
    "为 及 的 以 等 整 左右 上下 至 到 完成 成功 及时 满意 基本满意 良好 有效 合格 到位 提升 提高 有所 落实"
    " 保障 覆盖 达标 合规 优 良 好 中 差 高 低 规范 准确 通过 发放 支付 达到 按时 按期 前 内 之间 实现 全覆盖"
    " 知晓 参与 成 多 余 月"
)
#: May stand between an operator and its number: "不少于为3次" (a slip), "控制在¥30万".
FILLERS: Final = "为到于在的有"
#: An operator word after one of these is turned round in a way these tables do not know.
OPERATOR_TURNED: Final = "不未没无非得能应会再"
DATE_BEFORE: Final = {
    "<=": "截至 截止到 截至到 截止至 截止 不晚于 不迟于 早于 最晚 最迟",
    ">=": "不早于 晚于",
}
DATE_AFTER: Final = {"<=": "之前 以前 前 止 之内 以内 内", ">=": "之后 以后 后 起"}
#: The year's own periods, when no figure is written: first and last month.
DATE_WORDS: Final = {"年底": (12, 12), "年末": (12, 12), "年内": (1, 12), "上半年": (1, 6), "下半年": (7, 12)}
#: What may follow such a word, so that "年底结余" is not a date.
DATE_WORD_FOLLOWERS: Final = ("前", "之前", "以前", "完成", "已完成", "内")
RANGE_MARKS: Final = "-—~至到"
#: 10±2 is from 8 to 12.
TOLERANCE_MARK: Final = "±"
#: In front of a figure: what a font or a code page leaves of an operator it could not show, or a sign of rise and
#: fall. Which it was nobody can say.
LOST_SIGNS: Final = "?□■▢☐◻◼▯▭\ufffd¿¡¤¦§¬¹²³ÝÜ≠∈∩∪∧∨⊆⊇↑↓⇑⇓▲△▼▽"
#: Behind a figure: the number of a footnote.
NOTE_MARKS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
#: Behind a figure or a date: not later, not more.
WITHIN: Final = ("内", "以内", "之内")
#: In front of a date: it lies in the year behind the one the form is about.
NEXT_YEAR: Final = (
    *("次年", "次年度", "翌年", "翌年度", "第二年", "第二年度"),
    *("下一年", "下一年度", "下年", "下年度", "转年"),
)
#: End a clause. "、" lists, so what stands on its two sides is not one number.
STOPS: Final = ",、。;:!?()|\n"

# --- units ----------------------------------------------------------------------------------------------------

#: dimension, numerator, denominator, units: one unit is numerator/denominator of the dimension's base unit.
#: Units of one dimension compare; a counter that is alone in its line compares with itself and with "anything".
UNIT_GROUPS: Final = (
    ("ratio", 1, 1, "% ‰ 成"),
    ("percentage-point", 1, 1, "百分点 个百分点"),
    ("money", 1, 1, "元 元整 人民币 圆"),
    ("dollar", 1, 1, "美元"),
    ("area", 1, 1, "平方米 平米 平方 m2 m²"),
    ("area", 1_000_000, 1, "平方公里 平方千米 km2 km²"),
    ("area", 10_000, 1, "公顷"),
    ("area", 2000, 3, "亩"),
    ("length", 1, 1, "米 延米 延长米 m"),
    ("length", 1000, 1, "公里 千米 km KM"),
    ("length", 1, 100, "厘米 cm"),
    ("length", 1, 1000, "毫米 mm"),
    ("weight", 1, 1, "公斤 千克 kg KG"),
    ("weight", 1000, 1, "吨 t"),
    ("weight", 1, 1000, "克 g"),
    ("weight", 1, 2, "斤"),
    ("volume", 1, 1, "立方米 立方 方 m3 m³"),
    ("volume", 1, 1000, "升 L"),
    ("energy", 1, 1, "千瓦时 kwh kWh KWH"),
    ("power", 1, 1, "千瓦 kw kW KW"),
    ("time", 1, 1, "秒 秒钟"),
    ("time", 60, 1, "分钟"),
    ("time", 3600, 1, "小时 个小时 h 钟头 个钟头"),
    ("time", 86_400, 1, "天 日"),
    ("time", 604_800, 1, "周 星期 个星期"),
    ("working-time", 1, 1, "工作日 个工作日"),
    ("months", 1, 1, "个月"),
    ("months", 3, 1, "个季度"),
    ("months", 12, 1, "年 年度 个年度"),
    ("people", 1, 1, "人 名 位 个人"),
    ("visits", 1, 1, "人次 人·次 人.次 人/次"),
    ("occasions", 1, 1, "次 场 场次 期 回 届 轮"),
    ("cases", 1, 1, "件 起 宗 例"),
    ("devices", 1, 1, "台 套 台套 台/套 台(套) 套/台 套(台) 部 架"),
    ("households", 1, 1, "户 家 家庭 户家庭 家单位 个单位 单位 家企业 企业"),
    ("posts", 1, 1, "岗 岗位 个岗位"),
    ("batches", 1, 1, "批 批次 个批次"),
    ("villages", 1, 1, "村 个村"),
    ("communities", 1, 1, "社区 个社区"),
    ("beds", 1, 1, "床 床位 张床位"),
    ("anything", 1, 1, "个 项 项目 个项目"),
)
#: Dimensions of things counted by the piece.
COUNTED: Final = "people visits occasions cases devices households posts batches villages communities beds"
#: Counters that stand for themselves.
COUNTERS: Final = (
    "份 册 本 篇 条 座 处 辆 张 块 间 栋 幢 所 支 只 头 匹 棵 株 盏 根 颗 枚 片 段 口 眼 桶 瓶 盒 箱 袋 包 组 双 副"
    " 扇 课时 学时 班次 班 车次 趟 航次 街道 学校 部门 机构"
    " 种 类 分 票 笔 单 卷 页 字 幅 首 人天 人日 人月 台次 件次 户次 名次 岁 ℃ 度 倍 GB TB MB 兆"
)
CURRENCY_BEFORE: Final = {"¥": "元", "人民币": "元"}
#: Between the parts of what stands below the stroke of a per-unit: 元/人.年, 元/人·次.
PER_MARKS: Final = "/.·×每"
#: "每季度1次" is 1次/季度. Also without a counter: 人均, 年均.
PER_BEFORE: Final = {
    "人均": "人", "户均": "户", "年均": "年", "月均": "月", "日均": "天", "每人": "人", "每户": "户",
    "每家": "家", "每年": "年", "每月": "月", "每个月": "月", "每季度": "季度", "每季": "季度",
    "每周": "周", "每天": "天", "每日": "天", "每次": "次", "每场": "场", "每期": "期", "每个": "个",
    "每台": "台", "每套": "套", "每平方米": "平方米", "每亩": "亩", "每公里": "公里",
}  # fmt: skip
#: One name for what stands below the stroke.
PER_ALIASES: Final = {
    "平米": "平方米",
    "m2": "平方米",
    "m²": "平方米",
    "日": "天",
    "个月": "月",
    "名": "人",
    "位": "人",
    "h": "小时",
    "km": "公里",
}
#: May stand below the stroke although they are dates elsewhere.
PER_ONLY: Final = ("月", "季度", "季")
#: "318成功" is no tenth: 成 begins another word.
NOT_TENTHS: Final = "功员果本立效绩熟品都为分人"
#: "一次性" is no number; the counter begins another word.
NOT_A_COUNTER_BEFORE: Final = "性"

# --- words ----------------------------------------------------------------------------------------------------

#: Answers to choose from, best first. Written with or without separators, "等" may follow.
SCALES: Final = (
    "优 良 中 低 差", "优 良 中 差", "优 良 差", "优 良 中", "优 中 差", "优 良 一般 差",
    "优 良 合格 不合格", "优秀 良好 合格 不合格", "优秀 良好 一般 较差", "优秀 良好 一般 差",
    "优秀 良好 中等 差", "优秀 良好 中等 较差", "好 坏", "好 差", "好 中 差", "好 一般 差",
    "好 较好 一般 差", "高 中 低", "高 低", "高 一般 低", "强 中 弱", "是 否", "满意 基本满意 不满意",
    "满意 不满意", "满意 一般 不满意", "非常满意 满意 基本满意 不满意", "合格 不合格", "达标 不达标",
)  # fmt: skip
SCALE_SEPARATORS: Final = "/、,;|或·-"
#: An answer and the tier it stands for. Grades 优 and 良 begin at 90 and 80 points, the tier "met" at 80 percent;
#: grade 中 and the tier "partly met" both begin at 60.
TIERS: Final = {
    "met": "优 优秀 优良 良 良好 好 很好 较好 非常好 高 很高 较高 满意 非常满意 很满意 比较满意 较满意 强 是",
    "partly": "中 中等 一般 基本满意",
    "not-met": "差 较差 很差 低 较低 很低 坏 不好 不高 不强 不合格 不满意 弱 否",
}
#: One character is an answer at the end of a clause only after one of these: 质量好, but not 提高, 做好, 集中.
TIER_NOUNS: Final = "质量 效果 效率 水平 程度 度 性 评价 成效 情况 状况 态度 反映 反响 效益 服务 率"
#: A claim that the target was met, anywhere in a clause.
MET: Final = (
    "实现预期 达到预期 达成预期 完成预期 符合预期 实现目标 达到目标 达成目标 完成目标 实现年度目标"
    " 完成年度目标 完成任务 按时 按期 如期 及时 准时 达标 合格 足额 满足 满意 已完成 全部完成 全面完成"
    " 圆满完成 顺利完成 完成拨付 未超 不超 没有超 全部 全额 优秀 良好"
)
#: The same, only when nothing else is written.
MET_ALONE: Final = "完成 实现 达到 达成 已实现 已达到 已达成 √"
NOT_MET: Final = (
    "未完成 没完成 没有完成 未能完成 未全部完成 未达 未能达到 没有达到 未实现 未能实现 未落实 未开展 未执行"
    " 未启动 未实施 未支付 未发放 逾期 延期 滞后 超期 超支 超预算 推迟 延迟"
)
PARTLY: Final = "部分完成 部分达成 部分实现 部分达到 略有 稍有"
#: Before a claim: it says the opposite.
NEGATORS: Final = ("不", "未", "没", "没有", "未能", "尚未", "无法", "不能", "未按", "不够", "不太", "非")
#: Before a claim: it says less than the claim, and how much less is not written.
HEDGES: Final = ("基本", "大致", "大部分", "大体", "尚", "较", "更", "最", "无")
#: Anywhere before a claim in its clause: it is an intention.
AIMS: Final = (
    *(
        "力争",
        "争取",
        "计划",
        "拟",
        "预计",
        "努力",
        "力求",
        "为了",
        "将",
        "如果",
        "是否",
        "应当",
        "需要",
        "有望",
        "可望",
    ),
    *(
        "打算",
        "筹备",
        "待",
        "正在",
        "进行中",
        "推进中",
        "未来",
        "下一步",
        "明年",
        "来年",
        "次年",
        "翌年",
        "下年",
        "下一年",
    ),
    *("后年", "上年", "去年", "往年", "前年"),
)
#: A heading and nothing else: what follows its colon is no achievement.
AIM_HEADINGS: Final = "计划 目标 年度目标 目标值 指标值 年度指标值 预期目标 计划数 任务 要求 上年 去年 上年度"
#: After a claim: it is the name of a measure (满意度, 及时性, 合格率).
NOUN_ENDINGS: Final = "度率性者"
#: Said before words without changing them: "已全员缴纳" repeats "全员缴纳".
DONE_ALREADY: Final = ("已经", "已", "能够")

# --- the clause of a number -----------------------------------------------------------------------------------

#: Names and phrases that hold a word of the tables below and do not mean it; dropped before these are asked.
AS_PLANNED: Final = (
    "按照年度计划 按年度计划 按照工作计划 按工作计划 按照计划 按计划 依计划 计划内 目标完成率 目标达成率"
    " 目标实现率 计划完成率 计划执行率 计划实现率 指标完成率 任务完成率 目标人群 目标群体 目标群众 达到预期"
    " 达成预期 实现预期 符合预期 好于预期 控制在预算 不超预算 不超过预算 未超预算 没有超预算 未超过 未超出 未超"
    " 未低于 未少于 未高于 没有低于 没有超过 没有超出 未达到 未达 未满 没有达到 未能达到 未成年 未婚 模拟 虚拟"
    " 拟订 拟定 草拟 将军 健将 接待 等待 待遇 对待 招待 看待 期待 优待 款待 善待 虐待"
)
#: Anywhere in the clause: the number is planned, expected, of another year, or still to come.
INTENDED: Final = (
    "计划 拟 预计 预期 预估 预测 目标 指标值 力争 争取 力求 有望 可望 打算 原定 暂定 将 上年 去年 往年 前年 历年"
    " 同期 上期 上季度 上月 明年 来年 次年 翌年 下年 下一年 后年 未来 今后 下一步 下阶段 尚需 仍需 还需 需要 应当"
    " 应于 应在 应完成 应达到 应到 应发 应付 应缴 应收 应参加 应为 待 正在 进行中 推进中 建设中 在建 筹备 未 没有"
    " 没能 跨年 顺延 延至 延后 展期 基本达到 基本完成 应开展 应举办 应组织 应培训 应检查 应建 应支付 应拨付"
)
#: The same, only directly in front of the number: 预算35万元, but not 预算执行率98%.
INTENDED_AT_FIGURE: Final = (
    "预算 预算数 预算金额 预算资金 概算 任务 任务数 任务量 指标 指标数 要求 定额 限额 上限 下限 限价 控制价"
    " 控制数 年初 年初数 期初 期初数 基期 基数 应 需"
)
#: In front of a number that was achieved, beside another one that was planned.
DONE: Final = "实际 实到 实发 实付 实缴 实收 实有 已 完成 达到 达成 本年 今年 当年 本期 现 最终 开展 举办 支出 到位 共"
#: A percentage behind one of these is a rate of completion and not what was achieved itself.
RATES_OF_COMPLETION: Final = "完成率 达成率 实现率 完成比例 达成比例 完成度 完成进度 执行率 支出率 拨付率"
#: Names that hold a word of change and do not mean it.
NO_CHANGE: Final = "提升改造 提升工程 提升行动 提升项目 提升计划 提升班 提高班 扩大会 增加值 增长点 压缩机"
#: Directions of change. A change does not compare with a level, nor growth with decline.
GROWTH: Final = "增长 提高 上升 增加 提升 扩大 上涨 增幅 涨幅 升幅 升高 攀升 增多 递增 新增 净增 上浮 增速 多了"
DECLINE: Final = (
    "负增长 下降 减少 降低 缩减 缩短 压减 下跌 减低 下滑 回落 降幅 跌幅 减幅 缩小 削减 压缩 递减 减量 下浮 少了 放缓"
)
#: Behind a word of change: what follows is the level reached (提高到95%).
LEVEL_MARKS: Final = "至到为"
#: What a change is measured from; beside two changes it says nothing more.
BASES: Final = (
    "较上年同期 比上年同期 较去年同期 比去年同期 较上年度 比上年度 较上年 比上年 较去年 比去年 较同期 比同期"
    " 与上年相比 与去年相比 同比 环比 较上季度 比上季度 较上月 比上月"
)
#: Names that hold a word of the next two tables and do not mean it.
NOT_RELATIVE: Final = (
    "比例 占比 比率 比重 比赛 评比 百分比 比武 比选 比对 比较 配比 较好 较高 较大 较快 较强 较为 至少 最少 不少"
    " 至多 最多 误差 偏差 温差 高差 公差 落差 方差 目前 当前 以前 此前 日前 最高 最低 余额"
)
#: Anywhere in the clause: the number says how far from another one, how much is left, or counts a part.
RELATIVE: Final = (
    "比 较 超额 超目标 超过目标 超出目标 高于目标 低于目标 超计划 超过计划 超出计划 高于计划 低于计划 超任务"
    " 目标的 计划的 任务的 预算的 差距 相差 缺口 还差 尚差 仅差 尚缺 还缺 还欠 尚欠 剩余 结余 节余 结存 尚余 仍有"
    " 尚有 还有 还剩 余下 节约 节省 节支 多完成 少完成 其中 另有 另外 提前 推迟 推后 延迟 排名 位列"
)
#: The same, only directly in front of the number.
RELATIVE_AT_FIGURE: Final = "差 缺 欠 少 多 高 低 高出 低出 多出 剩 余 前 早 晚 快 慢"
#: Between such a word and the number.
LINKS: Final = "为是约在:≥≤<>=≈~了近("
#: A measure of failure. Held against a target for success it says the opposite of what its number seems to say.
FAILURES: Final = (
    "不满意 不合格 不达标 不良 不及格 不符合 不规范 不准确 不及时 不足率 不到位 不完整 不正确 不成功 不通过"
    " 未完成率 未达标 未通过 未覆盖 未参与 未到位 投诉 差评 差错 错误 失误 出错 误差 偏差 故障 事故 缺勤 缺席 旷工"
    " 空置 闲置 逾期 超期 延误 延期 滞后 流失 退货 退回 返工 返修 误报 漏报 漏检 违约 违规 违法 违纪 失败 死亡"
    " 伤亡 病死 淘汰 辍学 失学 失业 超标 拒绝 退订 纠纷 上访 信访 缺陷 损坏 破损 报废 空缺 流标 废标 停机 宕机"
    " 停水 停电 断电 发病 患病 感染 污染 抱怨 举报 拖欠 坏账 亏损 损失 浪费 丢失 遗漏 复发 返贫"
)
#: What is done about a failure is a success: 投诉处理率.
HANDLED: Final = (
    "处理 处置 办结 办理 解决 整改 查处 排除 修复 维修 回复 答复 调解 纠正 化解 销号 响应 受理 救治 防治 治理"
    " 下降 减少 降低 挽回 避免 控制 防控 监测 检测 检查 抢修 清收 追回 保险 培训 演练 应急 赔付 理赔 接听 接诉"
    " 接访 调处 帮扶 就业 统计 巡查"
)
#: Measures of success.
SUCCESSES: Final = (
    "满意 合格 达标 好评 优良 优秀 及时率 准确率 完成率 覆盖率 到位率 通过率 参与率 知晓率 正确率 成功率 达成率"
    " 实现率 使用率 利用率 就业率 出勤率 合规率 规范率 完好率 有效率"
)

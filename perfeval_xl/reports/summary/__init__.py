"""The summary workbook: 汇总, 图表, 明细, 指标库, 问题清单, 自评质量.

``table.py`` writes a sheet that is one table; each other module is one sheet. Text is always written as text: whatever
a name or a cell of a form begins with, it never becomes a formula.
"""

from perfeval_xl.reports.summary.workbook import summary_workbook

__all__ = ["summary_workbook"]

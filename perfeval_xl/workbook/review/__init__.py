"""Reviewing a workbook: marks and comments, the 审核意见 sheet, changes to a template, safe fixes."""

"""What a reviewer does to a workbook: marks and comments, the 审核意见 sheet, its state, safe fixes."""

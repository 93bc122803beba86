"""Profile -> blank workbook: the printed form, its check area, marks, validations and 填表说明."""

"""What a reviewer makes of many forms: the summary workbook, the report of a batch, the 审核意见书 of one form.

``gather`` turns what was read into a ``Ledger`` of small records; ``summary`` writes the workbook, ``documents`` the
HTML, Word, Markdown and PDF. pandas and jinja2 are imported here alone, and only when something is written.
"""

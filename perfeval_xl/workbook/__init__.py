"""Workbooks: drawing the blank template, filling forms in, and reviewing what was filled in."""

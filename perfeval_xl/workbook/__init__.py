"""Workbooks: a blank one from a profile, a package of parts, and the cells that are filled in."""

"""Every arithmetic and presence rule of the form, stated once as data, with three writers.

``terms``       the language: fields, numbers, sums, comparisons, blank, if, and, or, not
``catalogue``   the laws themselves, each with its code, name, severity and its page
``deviations``  the Python writer: a form -> where it breaks a law, with what was found and expected
``formulas``    the writer of native formulas for the check area and the conditional formats of a template
``vba``         the writer of the VBA module PerfLaws
"""

"""Findings: what is wrong in a form, each with its cell, what was found, what was expected and what to do.

``check_readings`` looks for all of them in one run. Each finding is one small function of a topic module, entered
into the catalogue with its code, name and severity; its docstring is its page under ``docs/findings/``.
"""

from __future__ import annotations

from perfeval_xl.checks.catalogue import find_rule, rules
from perfeval_xl.checks.registry import Rule
from perfeval_xl.checks.run import check_readings, profile_of
from perfeval_xl.laws.deviations import Deviation

__all__ = ["Deviation", "Rule", "check_readings", "find_rule", "profile_of", "rules"]

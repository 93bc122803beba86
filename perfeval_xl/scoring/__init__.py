"""Scores a form by its region's rules, every step explained.

``score`` gives a ``ScoreCard``; ``judge`` one target against one actual value. A rule is a setting of the profile
(``[rules]``), never a constant. ``docs/scoring.md`` lists the rules and the reasons why a score is not decided.
"""

from __future__ import annotations

from perfeval_xl.scoring.card import (
    ExecutionScore,
    GradeScore,
    IndicatorScore,
    Judgement,
    LevelScore,
    Points,
    ScoreCard,
    TotalScore,
    Verdict,
)
from perfeval_xl.scoring.form import score, verdict
from perfeval_xl.scoring.rules import Setting, judge

__all__ = [
    "ExecutionScore",
    "GradeScore",
    "IndicatorScore",
    "Judgement",
    "LevelScore",
    "Points",
    "ScoreCard",
    "Setting",
    "TotalScore",
    "Verdict",
    "judge",
    "score",
    "verdict",
]

"""The wing of trainers: who of their cohorts needs them today, and what can be done about it."""

# The blueprint of wing.py has all its views once these are imported.
from app.web.trainer import cohort, cohorts, learner, questions, queue, settings

__all__ = ["cohort", "cohorts", "learner", "questions", "queue", "settings"]

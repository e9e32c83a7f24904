"""The learner's wing: my course, the steps, and what is written there."""

# The blueprint of routes.py has all its views once these are imported; the others take it from there.
from app.web.learner import attempts, routes, writing

__all__ = ["attempts", "routes", "writing"]

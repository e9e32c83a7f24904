"""The learner's wing: my course, the steps, and what is written there."""

# The blueprint of routes.py has all its views once both are imported; writing.py takes it from there.
from app.web.learner import routes, writing

__all__ = ["routes", "writing"]

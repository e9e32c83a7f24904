"""The learner's wing: my course, the steps, and what is written there."""

# The blueprint of wing.py has all its views once these are imported.
from app.web.learner import attempts, bookmarks, care, glossary, mirror, printing, routes, search, thread, writing

__all__ = ["attempts", "bookmarks", "care", "glossary", "mirror", "printing", "routes", "search", "thread", "writing"]

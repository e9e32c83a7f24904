"""The wing of what everybody may read beside the course: where to find support, privacy, accessibility, contact."""

# The blueprint of wing.py has all its views once these are imported.
from app.web.info import routes

__all__ = ["routes"]

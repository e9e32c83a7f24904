"""The wing of who runs the site: cohorts, and what belongs to them."""

# The blueprint of wing.py has all its views once these are imported.
from app.web.admin import routes

__all__ = ["routes"]

"""The wing of who runs the site: cohorts, and what belongs to them."""

# The blueprint of wing.py has all its views once these are imported.
from app.web.admin import cohort_people, exports, log, mail, moving, people, routes

__all__ = ["cohort_people", "exports", "log", "mail", "moving", "people", "routes"]

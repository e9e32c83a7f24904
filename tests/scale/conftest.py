"""The whole app, as the tests of its pages have it."""

from tests.web.conftest import app, app_with, rows, settings

__all__ = ["app", "app_with", "rows", "settings"]

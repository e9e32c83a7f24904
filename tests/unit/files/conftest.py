"""A fresh copy of the small course for each test."""

from pathlib import Path

import pytest

from tests.course_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a copy of the small course."""
    return Folder(tmp_path / "course")

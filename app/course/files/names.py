"""What the files of a course are called."""

from __future__ import annotations

COURSE_FILE = "modules/course.yaml"
GLOSSARY_FILE = "modules/glossary.yaml"
ORGANISATION_FILE = "modules/organisation.yaml"
SUPPORT_FILE = "modules/support.yaml"
PUBLISHED_FILE = "modules/published.yaml"
PAGES = "modules/pages"
"""The folder of the pages in the foot."""


def translated(file: str, language: str) -> str:
    """Return the name of a file's translation: `quiz.yaml` becomes `quiz.en.yaml`."""
    return f"{file.removesuffix('.yaml')}.{language}.yaml"


def quiz_file(slug: str) -> str:
    """Return the source file of a quiz."""
    return f"quizzes/{slug}.yaml"


def module_file(slug: str) -> str:
    """Return the source file of a module's own texts."""
    return f"modules/{slug}/module.yaml"


def ways_folder(module: str) -> str:
    """Return the folder of a module's ways around."""
    return f"modules/{module}/around"

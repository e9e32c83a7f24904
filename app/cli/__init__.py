"""The command line: `flask course ...`, `flask people ...`, and so on."""

from flask import Flask

from app.cli.cohort import cohort_commands
from app.cli.course import course_commands
from app.cli.outbox import outbox_commands
from app.cli.people import people_commands


def register(app: Flask) -> None:
    """Give an app its commands."""
    for commands in (course_commands, people_commands, cohort_commands, outbox_commands):
        app.cli.add_command(commands)

"""What each letter is called where staff see that it was put in."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

LETTERS: Mapping[str, LazyString] = {
    "join": _l("Link to join a cohort"),
    "sign_in_instead": _l("Sign in to join a cohort"),
    "invitation": _l("Invitation"),
    "enrolled": _l("Enrolled in a cohort"),
    "moved": _l("Moved to another cohort"),
    "address_changed": _l("Address changed"),
    "reset": _l("Link for a new password"),
    "password_changed": _l("Password changed"),
    "second_step_on": _l("Two-step sign-in turned on"),
    "second_step_off": _l("Two-step sign-in turned off"),
    "test": _l("Test mail"),
}
"""By the name that the outbox knows; a test asks for every letter that app/web/letters.py makes."""


def letter_words(letter: str) -> str:
    """Say which letter it is; one of another version of this program is told by its name."""
    return str(LETTERS.get(letter, letter))

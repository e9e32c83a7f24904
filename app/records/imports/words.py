"""The words of an import: how it stands, what a plan says of a row, why the undo leaves somebody, what goes wrong."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """How an import stands."""

    READING = "reading"
    REFUSED = "refused"
    PLANNED = "planned"
    APPLIED = "applied"
    UNDONE = "undone"


class Verdict(StrEnum):
    """What the plan does with a row."""

    NEW = "new"
    """No account has the address: one is made, enrolled and invited."""
    ENROL = "enrol"
    """There is an account, and from now on it is in this cohort too."""
    THERE = "there"
    """In the cohort already, with this role."""
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why a row is rejected. A row may have several."""

    NO_ADDRESS = "no_address"
    SEVERAL_ADDRESSES = "several_addresses"
    NOT_AN_ADDRESS = "not_an_address"
    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"
    UNKNOWN_ROLE = "unknown_role"
    OTHER_COHORT = "other_cohort"
    """Its cell names another cohort than the one that is filled."""
    TWICE = "twice"
    """The same address stood in an earlier row, see `first_row`."""
    ACCOUNT_CLOSED = "account_closed"
    OTHER_ROLE = "other_role"
    """In this cohort with another role, now or before: that is changed by hand, never by a file."""


BY_THE_DATABASE = (Reason.ACCOUNT_CLOSED, Reason.OTHER_ROLE)
"""Reasons that lie outside the file, and may be gone when the plan is made anew."""


class Stayed(StrEnum):
    """Why the undo leaves a row, or part of it, as it is."""

    SIGNED_IN = "signed_in"
    DID_SOMETHING = "did_something"
    CHANGED_SINCE = "changed_since"
    """Account, name or enrolment was changed by somebody else since."""
    ELSEWHERE = "elsewhere"
    """The new account is in another cohort too: it stays, and its place in this cohort goes."""


class NoImport(LookupError):
    """There is no such import."""


class NotPlanned(Exception):
    """The import has no plan that could be applied: it is still being read, was refused, or is applied already."""


class PlanChanged(Exception):
    """There is a newer plan than the one that was seen, or the database is not as it was when the plan was made."""


class StillReading(Exception):
    """Somebody works at this import at the moment."""


class FileGone(Exception):
    """The file is not kept any more, so it cannot be read anew."""


class TakenOver(Exception):
    """Another goes on with this import: who was at it took longer than their lease."""


class NothingToUndo(Exception):
    """The import was never applied, or is undone already."""


class LinkInUse(Exception):
    """One of those whom the undo is about opens their link at this very moment."""


class NotTheLast(Exception):
    """A later import into the same cohort is applied; that one would have to be undone first."""

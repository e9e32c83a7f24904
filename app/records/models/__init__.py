"""The schema. Importing this package brings every table into `Base.metadata`."""

from app.records.models.learning import (
    Answer,
    Attempt,
    Bookmark,
    Draft,
    ModuleCompletion,
    Reflection,
    ReflectionRevision,
    StepCompletion,
    Wording,
)
from app.records.models.office import AuditEntry, Outbox
from app.records.models.people import Cohort, EndedVisit, Enrolment, JoinCode, KeptForm, OneTimeLink, Throttle, User

__all__ = [
    "Answer",
    "Attempt",
    "AuditEntry",
    "Bookmark",
    "Cohort",
    "Draft",
    "EndedVisit",
    "Enrolment",
    "JoinCode",
    "KeptForm",
    "ModuleCompletion",
    "OneTimeLink",
    "Outbox",
    "Reflection",
    "ReflectionRevision",
    "StepCompletion",
    "Throttle",
    "User",
    "Wording",
]

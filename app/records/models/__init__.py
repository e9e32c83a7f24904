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
from app.records.models.office import AuditEntry, Import, ImportFile, ImportRow, Outbox
from app.records.models.people import (
    Cohort,
    CohortModule,
    EndedVisit,
    Enrolment,
    JoinCode,
    KeptForm,
    OneTimeLink,
    RecoveryCode,
    SecondStep,
    Throttle,
    User,
)
from app.records.models.training import FlagSnooze

__all__ = [
    "Answer",
    "Attempt",
    "AuditEntry",
    "Bookmark",
    "Cohort",
    "CohortModule",
    "Draft",
    "EndedVisit",
    "Enrolment",
    "FlagSnooze",
    "Import",
    "ImportFile",
    "ImportRow",
    "JoinCode",
    "KeptForm",
    "ModuleCompletion",
    "OneTimeLink",
    "Outbox",
    "RecoveryCode",
    "Reflection",
    "ReflectionRevision",
    "SecondStep",
    "StepCompletion",
    "Throttle",
    "User",
    "Wording",
]

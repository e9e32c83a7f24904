"""One row in every table, so that constraints and migrations meet data."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from app.records.base import Base
from app.records.models import (
    Answer,
    Attempt,
    AuditEntry,
    Bookmark,
    CohortModule,
    Draft,
    EndedVisit,
    Extension,
    FlagSnooze,
    Import,
    ImportFile,
    ImportRow,
    KeptForm,
    ModuleCompletion,
    OneTimeLink,
    Outbox,
    RecoveryCode,
    Reflection,
    ReflectionRevision,
    Reply,
    SecondStep,
    StepCompletion,
    Throttle,
    Wording,
)
from tests.makers import NOW, make_cohort, make_enrolment, make_join_code, make_user


def fill(session: Session) -> None:
    """Write one row in every table, each pointing at the others."""
    user = make_user(session, email="noor@example.org")
    cohort = make_cohort(session, name="Autumn", first_day=NOW.date(), last_day=NOW.date())
    session.add(CohortModule(cohort_id=cohort.id, module_slug="sums", due_on=NOW.date()))
    code = make_join_code(session, cohort=cohort, key="TREE-7K4P-BRDX", seats=2, taken=1)
    enrolment = make_enrolment(session, user=user, cohort=cohort)
    _fill_coming_in(session, user.id, code.id, enrolment.id)
    _fill_learning(session, enrolment.id, user.id)
    _fill_imports(session, user.id, cohort.id)
    session.add(FlagSnooze(user_id=user.id, enrolment_id=enrolment.id, flag="silent", seen_at=NOW))
    session.add(Extension(enrolment_id=enrolment.id, module_slug="sums", due_on=NOW.date(), by_id=user.id, made_at=NOW))
    session.add(
        AuditEntry(at=NOW, actor_id=user.id, deed="enrol", subject_id=user.id, about="cohort:1", once_key="once")
    )
    session.flush()


def _fill_coming_in(session: Session, user_id: int, code_id: int, enrolment_id: int) -> None:
    link = OneTimeLink(
        token_hash="hash", seed="seed", purpose="join", newcomer_name="Sam", newcomer_email="sam@example.org",
        newcomer_language="nl", join_code_id=code_id, created_at=NOW, expires_at=NOW + timedelta(days=1),
    )  # fmt: skip
    session.add(link)
    session.flush()
    session.add_all(
        [
            Outbox(once_key="join:1", letter="join", user_id=user_id, link_id=link.id, created_at=NOW, ready_at=NOW),
            EndedVisit(visit="visit", until=NOW),
            Throttle(bucket="bucket", at=NOW),
            SecondStep(user_id=user_id, seed="seed", created_at=NOW),
            RecoveryCode(user_id=user_id, code_hash="hash"),
            KeptForm(
                browser_hash="browser", user_id=user_id, path="/path", enrolment_id=enrolment_id,
                about="sums/think", body="{}", kept_at=NOW,
            ),
        ]
    )  # fmt: skip


def _fill_learning(session: Session, enrolment_id: int, user_id: int) -> None:
    reflection = Reflection(enrolment_id=enrolment_id, step_key="sums/think", level="private")
    attempt = Attempt(
        enrolment_id=enrolment_id, quiz_slug="primes", quiz_revision="q1", step_key="sums/check", number=1,
        deed_key="deed", language="en", shuffle_seed=1, points=1, max_points=2, passed=True, submitted_at=NOW,
    )  # fmt: skip
    wording = Wording(revision="w1", about="question", slug="two", kind="single_choice", language="en", body="{}")
    session.add_all([reflection, attempt, wording])
    session.flush()
    session.add_all(
        [
            StepCompletion(
                enrolment_id=enrolment_id, step_key="sums/add", step_revision="r", seen_revision="r", completed_at=NOW
            ),
            ModuleCompletion(enrolment_id=enrolment_id, module_slug="sums", module_revision="r", completed_at=NOW),
            Bookmark(enrolment_id=enrolment_id, step_key="sums/add", made_at=NOW),
            Draft(enrolment_id=enrolment_id, about="sums/think", body="{}", version=1, saved_at=NOW),
            ReflectionRevision(reflection_id=reflection.id, number=1, text="I", language="en", submitted_at=NOW),
            Reply(
                reflection_id=reflection.id, author_id=user_id, by_learner=False, deed_key="deed", revision_number=1,
                text="You", language="en", written_at=NOW,
            ),
            Answer(
                attempt_id=attempt.id, question_slug="two", question_revision="w1", given='["a"]', points=1,
                rest_points=0, is_first=True,
            ),
        ]
    )  # fmt: skip


def _fill_imports(session: Session, user_id: int, cohort_id: int) -> None:
    enrolling = Import(cohort_id=cohort_id, by_id=user_id, file_name="spring.csv", stage="planned", made_at=NOW)
    session.add(enrolling)
    session.flush()
    session.add_all(
        [
            ImportFile(import_id=enrolling.id, body=b"e-mail", kept_until=NOW),
            ImportRow(
                import_id=enrolling.id, number=2, email="sam@example.org", name="Sam", sort_name="sam", role="learner",
                verdict="there", user_id=user_id,
            ),
        ]
    )  # fmt: skip


def counts(session: Session) -> dict[str, int]:
    """Count the rows of every table."""
    return {name: session.query(table).count() for name, table in Base.metadata.tables.items()}

"""The page of the mail: whether letters leave, what did not, and a test."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.records import outbox
from app.records.mails import mails
from app.web.admin.letter_words import letter_words
from app.web.admin.wing import admin_here, bp
from app.web.extensions import db, house
from app.web.pages import see, tell


@bp.get("/mail")
def mail() -> ResponseReturnValue:
    """Show how the mail stands."""
    settings = house().settings
    found = mails(db.session, admin_here().user_id, datetime.now(UTC))
    return render_template(
        "admin/mail.html",
        mails=found,
        troubles=[(letter_words(one.letter), one) for one in found.troubles],
        server=urlsplit(settings.smtp).hostname if settings.smtp else "",  # its name alone: the rest holds a password
        is_demo=settings.demo,
        sender=parseaddr(settings.mail_from)[1],
    )


@bp.post("/mail/test")
def test_mail() -> ResponseReturnValue:
    """Send the admin a mail that says that mail works."""
    outbox.put_test(db.session, by=admin_here().user_id, now=datetime.now(UTC))
    db.session.commit()
    tell(_("The test mail is put in. Open this page again in a moment to see whether it left."))
    return see("/admin/mail")

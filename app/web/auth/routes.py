"""The wing of coming in, with all its routes."""

from app.web.auth import account, code, joining, log, mailed, second_step, signing
from app.web.auth.wing import bp

__all__ = ["account", "bp", "code", "joining", "log", "mailed", "second_step", "signing"]

"""The wing of coming in, with all its routes."""

from app.web.auth import account, joining, mailed, signing
from app.web.auth.wing import bp

__all__ = ["account", "bp", "joining", "mailed", "signing"]

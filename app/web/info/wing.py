"""The blueprint of the wing."""

from flask import Blueprint

bp = Blueprint("info", __name__)

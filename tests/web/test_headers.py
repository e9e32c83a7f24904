"""What every answer tells the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.records.accounts import Visitor


def policy_of(client: FlaskClient, address: str = "/") -> dict[str, str]:
    """Return the content security policy of a page: its sources by directive."""
    said = client.get(address).headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in said.split(";"))


def test_nothing_comes_from_another_host_and_nothing_runs_from_the_page_itself(client: FlaskClient) -> None:
    policy = policy_of(client)
    assert policy["default-src"] == "'none'"
    for kind in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"):
        assert policy[kind] == "'self'", kind
    assert "unsafe" not in " ".join(policy.values())


def test_no_other_site_can_frame_a_page_or_move_its_links(client: FlaskClient) -> None:
    policy = policy_of(client)
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert client.get("/").headers["X-Frame-Options"] == "DENY"


def test_no_script_can_make_markup_from_text(client: FlaskClient) -> None:
    policy = policy_of(client)
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "'none'"


@pytest.mark.parametrize("address", ["/", "/sign-in", "/account", "/nothing", "/static/nothing.css", "/sign-out"])
def test_every_answer_has_them_also_an_error_or_a_redirection(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert "Content-Security-Policy" in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("address", ["/", "/sign-in", "/account", "/my-course", "/modules/01-map/signs", "/nothing"])
def test_pages_are_kept_by_their_readers_browser_alone(client: FlaskClient, learner: Visitor, address: str) -> None:
    assert client.get(address).headers["Cache-Control"] == "private, no-cache"


def test_a_static_file_is_kept_for_a_year(app: Flask, client: FlaskClient) -> None:
    address = str(app.jinja_env.globals["asset"]("css/base.css"))  # type: ignore[operator]  # jinja has no types
    assert "max-age=31536000" in client.get(address).headers["Cache-Control"]


def test_only_https_is_spoken_where_the_address_says_so(app_with: Callable[..., Flask], client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    secure = app_with(base_url="https://opstap.example.org").test_client()
    assert secure.get("/").headers["Strict-Transport-Security"] == "max-age=31536000"

"""Static files: named by what they hold, kept for a year, and small on the way. Pages: small as well."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from app.web import assets
from app.web.assets import AssetCircle, Assets, UnknownAsset

PAGE = "<!doctype html><p>" + "One step at a time. " * 200


@pytest.fixture(scope="module")
def plain() -> Flask:
    """Return an app that has nothing but assets, and two pages."""
    app = Flask("plain", static_folder=None)
    assets.init_app(app)
    app.add_url_rule("/page", "page", lambda: PAGE)
    app.add_url_rule("/short", "short", lambda: "<!doctype html><p>Short.")
    app.add_url_rule("/picture", "picture", lambda: Response(PAGE, content_type="image/png"))
    app.add_url_rule("/tagged", "tagged", tagged)
    return app


def tagged() -> Response:
    response = Response(PAGE, content_type="text/html")
    response.set_etag("first")
    return response


@pytest.fixture
def browser(plain: Flask) -> FlaskClient:
    return plain.test_client()


def address_of(app: Flask, own_name: str) -> str:
    return str(app.jinja_env.globals["asset"](own_name))  # type: ignore[operator]  # Jinja has no types


# ---- names -----------------------------------------------------------------------------------


def test_a_file_is_served_under_the_hash_of_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "one.css").write_text("a { color: red }")
    before = Assets(tmp_path).named("one.css").name
    assert re.fullmatch(r"one\.[0-9a-f]{12}\.css", before)
    assert Assets(tmp_path).named("one.css").name == before
    (tmp_path / "one.css").write_text("a { color: blue }")
    assert Assets(tmp_path).named("one.css").name != before


def test_css_asks_for_its_fonts_by_their_hashed_names(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"glyphs")
    (tmp_path / "css" / "one.css").write_text('@font-face { src: url("../fonts/a.woff2") }')
    found = Assets(tmp_path)
    assert f'url("../{found.named("fonts/a.woff2").name}")' in found.named("css/one.css").body.decode()


def test_a_new_font_renames_the_css_that_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "a.woff2").write_bytes(b"glyphs")
    (tmp_path / "one.css").write_text("@font-face { src: url(./a.woff2) }")
    before = Assets(tmp_path).named("one.css").name
    (tmp_path / "a.woff2").write_bytes(b"better glyphs")
    assert Assets(tmp_path).named("one.css").name != before


def test_scripts_import_each_other_by_their_hashed_names(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "words.js").write_text("export const words = 1;")
    (tmp_path / "js" / "draft.js").write_text(
        "import { words } from './words.js';\nimport \"./words.js\";\nconst late = () => import('./words.js');"
    )
    found = Assets(tmp_path)
    hashed = "./" + found.named("js/words.js").name.removeprefix("js/")
    assert found.named("js/draft.js").body.decode().count(hashed) == 3


def test_a_file_that_names_one_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "one.css").write_text('a { background: url("../img/gone.svg") }')
    with pytest.raises(UnknownAsset, match=r"one\.css names"):
        Assets(tmp_path)


def test_scripts_that_import_each_other_in_a_circle_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("import './b.js'")
    (tmp_path / "b.js").write_text("import './a.js'")
    with pytest.raises(AssetCircle, match=r"a\.js → b\.js → a\.js"):
        Assets(tmp_path)


def test_a_template_that_names_an_unknown_file_fails_at_once(plain: Flask) -> None:
    with pytest.raises(UnknownAsset, match=r"css/gone\.css"):
        address_of(plain, "css/gone.css")


def test_every_file_asks_for_files_of_this_host_alone() -> None:
    for asset in Assets(assets.STATIC):
        if asset.type.startswith(("text/css", "text/javascript")):
            text = re.sub(r"/\*.*?\*/", "", asset.body.decode(), flags=re.DOTALL)
            assert not re.search(r"(?:https?:)?//[a-z]", text.replace("http://www.w3.org", "")), asset.name


# ---- serving ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own_name", "content_type"),
    [
        ("css/base.css", "text/css; charset=utf-8"),
        ("img/icons.svg", "image/svg+xml"),
        ("fonts/besley-2.001-600-latin.woff2", "font/woff2"),
    ],
)
def test_a_static_file_may_be_kept_for_a_year(
    plain: Flask, browser: FlaskClient, own_name: str, content_type: str
) -> None:
    found = browser.get(address_of(plain, own_name))
    assert found.status_code == 200
    assert found.content_type == content_type
    assert found.cache_control.max_age == 365 * 24 * 60 * 60
    assert found.cache_control.public
    assert found.cache_control.immutable


@pytest.mark.parametrize(
    "name", ["css/base.css", "css/base.000000000000.css", "css/", "../assets.py", "css/%2e%2e/a.css"]
)
def test_a_name_without_the_right_hash_is_not_found(browser: FlaskClient, name: str) -> None:
    assert browser.get("/static/" + name).status_code == 404


def test_a_static_file_is_small_where_the_browser_takes_gzip(plain: Flask, browser: FlaskClient) -> None:
    address = address_of(plain, "css/components.css")
    bare = browser.get(address)
    small = browser.get(address, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in bare.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == bare.data
    assert len(small.data) < len(bare.data) / 3
    assert "Accept-Encoding" in small.vary
    assert "Accept-Encoding" in bare.vary
    assert small.get_etag() != bare.get_etag()


def test_a_browser_that_refuses_gzip_gets_none(plain: Flask, browser: FlaskClient) -> None:
    for address in ("/page", address_of(plain, "css/base.css")):
        assert "Content-Encoding" not in browser.get(address, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_a_font_is_not_packed_again(plain: Flask, browser: FlaskClient) -> None:
    address = address_of(plain, "fonts/besley-2.001-600-latin.woff2")
    found = browser.get(address, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in found.headers
    assert found.data.startswith(b"wOF2")


def test_a_browser_that_has_a_file_need_not_get_it_again(plain: Flask, browser: FlaskClient) -> None:
    address = address_of(plain, "css/base.css")
    first = browser.get(address)
    again = browser.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert browser.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_the_head_of_a_file_says_what_its_body_would(plain: Flask, browser: FlaskClient) -> None:
    address = address_of(plain, "css/base.css")
    head = browser.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_length == len(browser.get(address).data)


# ---- pages -----------------------------------------------------------------------------------


def test_a_page_is_small_where_the_browser_takes_gzip(browser: FlaskClient) -> None:
    found = browser.get("/page", headers={"Accept-Encoding": "gzip"})
    assert found.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(found.data).decode() == PAGE
    assert found.content_length == len(found.data) < len(PAGE) / 3
    assert "Accept-Encoding" in found.vary


def test_the_length_of_a_packed_page_betrays_nothing(browser: FlaskClient) -> None:
    lengths = {len(browser.get("/page", headers={"Accept-Encoding": "gzip"}).data) for _ in range(30)}
    assert len(lengths) > 10
    assert max(lengths) - min(lengths) <= assets.FILLER


@pytest.mark.parametrize("address", ["/short", "/picture"])
def test_what_packing_cannot_help_is_sent_as_it_is(browser: FlaskClient, address: str) -> None:
    assert "Content-Encoding" not in browser.get(address, headers={"Accept-Encoding": "gzip"}).headers


def test_the_tag_of_a_packed_page_is_a_weak_one(browser: FlaskClient) -> None:
    assert browser.get("/tagged").get_etag() == ("first", False)
    assert browser.get("/tagged", headers={"Accept-Encoding": "gzip"}).get_etag() == ("first", True)

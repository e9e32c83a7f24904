"""What an installation decides by its environment, and what it hears when that cannot be."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from config import HERE, Settings, SettingsError, is_loopback, kept_secret

SECRET = "s" * 32


def read(tmp_path: Path, **variables: str) -> Settings:
    """Read settings of production, with the variables that a test is about."""
    return Settings.from_environment({"OPSTAP_SECRET_KEY": SECRET, "OPSTAP_INSTANCE": str(tmp_path), **variables})


def complaint(tmp_path: Path, **variables: str) -> str:
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, **variables)
    return str(raised.value)


def test_a_secret_is_all_that_production_must_be_given(tmp_path: Path) -> None:
    settings = Settings.from_environment({"OPSTAP_SECRET_KEY": SECRET})
    assert settings == Settings(
        secret_key=SECRET,
        database_url=f"sqlite:///{HERE}/instance/opstap.db",
        course=HERE,
        instance=HERE / "instance",
    )
    assert not settings.demo
    assert not settings.cheap_passwords


def test_an_empty_variable_counts_as_one_that_is_not_there(tmp_path: Path) -> None:
    assert read(tmp_path, PORT="", OPSTAP_SMTP=" ", DATABASE_URL="") == read(tmp_path)


def test_everything_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "course" / "modules").mkdir(parents=True)
    settings = read(
        tmp_path,
        DATABASE_URL="sqlite:////srv/opstap/opstap.db",
        OPSTAP_COURSE=str(tmp_path / "course"),
        OPSTAP_URL="https://opstap.example.org/",
        OPSTAP_DEVELOP="1",
        OPSTAP_HOST="0.0.0.0",
        PORT="8080",
        OPSTAP_THREADS="16",
        OPSTAP_SMTP="smtps://me:secret@mail.example.org:465",
        OPSTAP_MAIL_FROM="De trap <trap@example.org>",
        OPSTAP_PROXIES="1",
        OPSTAP_TWO_STEP_ADMINS="1",
        OPSTAP_TIME_ZONE="America/Paramaribo",
    )
    assert settings == Settings(
        secret_key=SECRET,
        database_url="sqlite:////srv/opstap/opstap.db",
        course=tmp_path / "course",
        instance=tmp_path,
        base_url="https://opstap.example.org",
        develop=True,
        host="0.0.0.0",
        port=8080,
        threads=16,
        smtp="smtps://me:secret@mail.example.org:465",
        mail_from="De trap <trap@example.org>",
        proxies=1,
        two_step_admins=True,
        time_zone="America/Paramaribo",
    )
    assert settings.is_secure


def test_a_missing_secret_is_named_with_what_to_do(tmp_path: Path) -> None:
    said = complaint(tmp_path, OPSTAP_SECRET_KEY="")
    assert said.startswith("OPSTAP_SECRET_KEY: is not set")
    assert "secrets.token_urlsafe" in said


def test_a_short_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    said = complaint(tmp_path, OPSTAP_SECRET_KEY="hush-hush")
    assert "has 9 characters" in said
    assert "hush-hush" not in said


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = complaint(tmp_path, OPSTAP_SECRET_KEY="short", PORT="none", OPSTAP_DEVELOP="maybe", OPSTAP_URL="opstap")
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "PORT",
        "OPSTAP_SECRET_KEY",
        "OPSTAP_URL",
        "OPSTAP_DEVELOP",
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٣"),
        ("OPSTAP_THREADS", "0"),
        ("OPSTAP_PROXIES", "yes"),
        ("OPSTAP_TIME_ZONE", "Stairs/Landing"),
        ("OPSTAP_DEMO", "true"),
        ("OPSTAP_TWO_STEP_ADMINS", "yes"),
        ("OPSTAP_HOST", "http://127.0.0.1"),
        ("OPSTAP_HOST", "[::1]"),
        ("OPSTAP_URL", "ftp://opstap.example.org"),
        ("OPSTAP_URL", "https://opstap.example.org/course"),
        ("OPSTAP_URL", "https://"),
        ("DATABASE_URL", "opstap.db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "mysql://root@localhost/opstap"),
        ("DATABASE_URL", "postgresql+psycopg2://localhost/opstap"),
        ("OPSTAP_COURSE", "/nowhere"),
        ("OPSTAP_SMTP", "mail.example.org:587"),
        ("OPSTAP_SMTP", "smtp://"),
        ("OPSTAP_SMTP", "smtp://mail.example.org?tls=no"),
        ("OPSTAP_SMTP", "smtp://mail.example.org:port"),
        ("OPSTAP_SMTP", "smtp://mail.example.org:0"),
        ("OPSTAP_MAIL_FROM", "Opstap"),
        ("OPSTAP_MAIL_FROM", "Opstap <opstap@example.org>\nBcc: all@example.org"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_name_of_its_variable(
    tmp_path: Path, variable: str, value: str
) -> None:
    assert complaint(tmp_path, **{variable: value}).startswith(f"{variable}: ")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_is_reached_by_the_driver_that_is_installed_whatever_its_url_says(
    tmp_path: Path, scheme: str
) -> None:
    settings = read(tmp_path, DATABASE_URL=f"{scheme}://opstap:p%40ss@db.example.org/opstap?sslmode=require")
    assert settings.database_url == "postgresql+psycopg://opstap:p%40ss@db.example.org/opstap?sslmode=require"


def test_a_password_of_the_database_is_never_repeated(tmp_path: Path) -> None:
    assert "hush" not in complaint(tmp_path, DATABASE_URL="mysql://root:hush@localhost/opstap")


def test_a_relative_database_lies_in_the_folder_of_the_start_wherever_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(tmp_path, DATABASE_URL="sqlite:///data/o.db").database_url == f"sqlite:///{tmp_path}/data/o.db"


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80"), ("0.0.0.0", "http://127.0.0.1:80")],
)
def test_without_an_address_of_its_own_the_site_is_where_it_listens(tmp_path: Path, host: str, address: str) -> None:
    assert read(tmp_path, OPSTAP_HOST=host, PORT="80").base_url == address


# ---- demo mode ---------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "opstap.example.org"])
def test_demo_mode_cannot_be_reached_from_elsewhere(tmp_path: Path, host: str) -> None:
    assert "127.0.0.1 only" in complaint(tmp_path, OPSTAP_DEMO="1", OPSTAP_HOST=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_demo_mode_listens_wherever_only_this_machine_can_reach(tmp_path: Path, host: str) -> None:
    assert is_loopback(read(tmp_path, OPSTAP_DEMO="1", OPSTAP_HOST=host).host)


def test_demo_mode_makes_its_own_secret_once(tmp_path: Path) -> None:
    def start() -> Settings:
        return Settings.from_environment({"OPSTAP_DEMO": "1", "OPSTAP_INSTANCE": str(tmp_path / "new" / "instance")})

    first = start()
    assert len(first.secret_key) >= 32
    assert start() == first
    mode = (tmp_path / "new" / "instance" / "secret-key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_two_processes_that_make_a_secret_at_once_get_the_same(tmp_path: Path) -> None:
    number = count()
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: kept_secret(tmp_path / "key", lambda: str(next(number))), range(64)))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_an_instance_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert complaint(tmp_path, OPSTAP_INSTANCE=str(tmp_path / "file")).startswith("OPSTAP_INSTANCE: ")


def test_an_author_can_check_a_course_without_any_secret(tmp_path: Path) -> None:
    environ = {"OPSTAP_INSTANCE": str(tmp_path)}
    assert Settings.from_environment(environ, secret_needed=False).secret_key == ""

"""What README, CONTRIBUTING and docs/ say is so: links, commands, settings, rooms and words are there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.pofile import read_po
from flask import Flask

from app import cli
from config import Settings
from tests.unit.test_translations import KEYWORDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EVERY_PAGE = pytest.mark.parametrize("doc", PAGES, ids=lambda doc: doc.relative_to(ROOT).as_posix())
RUNNING = (ROOT / "docs" / "running.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CHOICES = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"""\]\(([^)\s]+)(?: "[^"]*")?\)|\b(?:src|href)="([^"]+)\"""")


# ---- links -----------------------------------------------------------------------------------


def prose_of(page: Path) -> str:
    """The text of a page without what stands there as an example."""
    return CODE.sub("", FENCED.sub("", page.read_text("utf-8")))


def headings_of(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    found = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def broken_links(page: Path) -> Iterator[str]:
    for match in LINK.finditer(prose_of(page)):
        link = match[1] or match[2]
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        file, _hash, heading = unquote(link).partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (heading and heading not in headings_of(target)):
            yield link


@EVERY_PAGE
def test_every_link_of_a_page_leads_to_a_file_and_to_a_heading_in_it(doc: Path) -> None:
    assert list(broken_links(doc)) == []


@EVERY_PAGE
def test_a_page_invents_people_at_example_org_only(doc: Path) -> None:
    """`v@1` and the like are no addresses: one has a dot behind its sign."""
    found = re.findall(r"[\w.+-]+@((?:[\w-]+\.)+\w+)", doc.read_text("utf-8").replace("%40", "@"))
    assert {host for host in found if not host.endswith("example.org")} == set()


# ---- commands --------------------------------------------------------------------------------


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@EVERY_PAGE
def test_every_make_command_of_a_page_is_there(doc: Path) -> None:
    """Prose may say `make`; what stands in code after it is a command."""
    code = "\n".join(CODE.findall(FENCED.sub("", doc.read_text("utf-8"))) + FENCED.findall(doc.read_text("utf-8")))
    named = re.findall(r"(?:^|[\s`;])make (?:-C \S+ )?([a-z][a-z-]*)", code, re.MULTILINE)
    assert set(named) <= targets()


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_the_two_commands_are_named_where_one_looks_first(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "make run" in text
    assert "make test" in text


def commands() -> dict[str, set[str]]:
    """The commands of the program by their group."""
    app = Flask(__name__)
    cli.register(app)
    groups = {name: group for name, group in app.cli.commands.items() if isinstance(group, click.Group)}
    return {name: set(group.commands) for name, group in groups.items()}


@EVERY_PAGE
def test_every_flask_command_of_a_page_is_there(doc: Path) -> None:
    named = re.findall(r"flask (?:--app run )?([a-z]+) ([a-z][a-z-]*)", doc.read_text("utf-8"))
    known = {(group, name) for group, names in commands().items() for name in names}
    assert set(named) <= known


def test_every_command_of_the_program_is_told_somewhere() -> None:
    text = " ".join(page.read_text("utf-8") for page in PAGES)
    missing = [
        f"{group} {name}" for group, names in commands().items() for name in names if f"{group} {name}" not in text
    ]
    assert missing == []


def options(group: str, name: str) -> set[str]:
    app = Flask(__name__)
    cli.register(app)
    found = app.cli.commands[group]
    assert isinstance(found, click.Group)
    return {opt for parameter in found.commands[name].params for opt in parameter.opts if opt.startswith("--")}


def test_the_options_of_a_command_are_those_that_it_takes() -> None:
    for row in re.findall(r"^\| `flask --app run .*$", RUNNING, re.MULTILINE):
        group, name = re.findall(r"flask --app run (\w+) ([\w-]+)", row)[0]
        assert set(re.findall(r"`(--[\w-]+)`", row)) == options(group, name), row


# ---- settings --------------------------------------------------------------------------------


class Recording(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, instance: Path) -> None:
        super().__init__(OPSTAP_INSTANCE=str(instance))
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, default)


@pytest.fixture
def variables(tmp_path: Path) -> set[str]:
    """The variables that the program reads."""
    environ = Recording(tmp_path)
    Settings.from_environment(environ, secret_needed=False)
    return environ.asked


def test_the_table_of_settings_has_every_variable_that_is_read_and_no_other(variables: set[str]) -> None:
    table = RUNNING[RUNNING.index("| variable |") :].partition("\n\n")[0]
    rows = re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == variables


@EVERY_PAGE
def test_every_variable_that_a_page_names_is_read(doc: Path, variables: set[str]) -> None:
    named = re.findall(r"\bOPSTAP_\w+|\b(?:PORT|DATABASE_URL)\b", doc.read_text("utf-8"))
    assert set(named) <= variables


# ---- the house -------------------------------------------------------------------------------


def rooms() -> dict[Path, str]:
    """What the tables of the page on the house name in their first column, with the row that does.

    A heading `### app/web/`, or a line `In `app/course/files/`, ...`, says where the names below it lie.
    """
    found: dict[Path, str] = {}
    folder = ROOT
    text = ARCHITECTURE[ARCHITECTURE.index("## The rooms") : ARCHITECTURE.index("## A request")]
    for line in text.splitlines():
        if line.startswith("### "):
            named = re.match(r"### (app/\S*)", line)
            folder = ROOT / named[1] if named else ROOT
        elif named := re.match(r"In `([\w/]+/)`", line):
            folder = ROOT / named[1]
        elif line.startswith("|"):
            for name in re.findall(r"`([\w./]+)`", line.split("|")[1]):
                found[folder / name] = line
    return found


def test_every_room_that_the_page_on_the_house_names_is_there() -> None:
    assert [str(path.relative_to(ROOT)) for path in rooms() if not path.exists()] == []
    assert len(rooms()) > 60


def test_every_path_that_the_page_on_the_house_names_is_there() -> None:
    named = set(re.findall(r"`((?:app|docs|tests|migrations|modules|quizzes)/[\w./]*)`", ARCHITECTURE))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    assert "app/worker.py" in named


def test_no_room_of_the_program_is_left_out_of_the_page_on_the_house() -> None:
    """A file has its name there, or lies in a folder that has, of which no file is named by itself."""
    named = set(rooms())
    told_whole = named - {path.parent for path in named}
    for path in sorted((ROOT / "app").rglob("*.py")):
        if path.name != "__init__.py" and path.parent != ROOT / "app":
            assert {path, *path.parents} & told_whole, f"{path.relative_to(ROOT)} has no row in docs/architecture.md"


def test_the_lists_of_kinds_are_where_the_page_on_the_house_says() -> None:
    for name, file in re.findall(r"`([A-Z_]{6,})` \(`(app/[\w./]+)`\)", ARCHITECTURE):
        assert re.search(rf"^{name}\b", (ROOT / file).read_text("utf-8"), re.MULTILINE), f"{name} is not in {file}"


def test_the_floors_of_the_page_are_those_that_the_linter_holds() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [layers] = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    drawn = ARCHITECTURE[ARCHITECTURE.index("## Three floors") :].split("```")[1]
    held = [floor.replace(".", "/") for layer in layers for floor in layer.split(" | ")]
    assert re.findall(r"app/\w+", drawn) == held


# ---- choices ---------------------------------------------------------------------------------


@pytest.mark.parametrize("doc", CHOICES, ids=lambda doc: doc.stem)
def test_a_choice_has_its_context_its_choice_and_its_price_on_one_page(doc: Path) -> None:
    text = doc.read_text("utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Choice", "Price"]
    assert len(text.splitlines()) <= 45
    number = int(doc.name[:4])
    assert text.startswith(f"# {number}. ")


def test_the_list_of_choices_has_every_page_once_by_its_title() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[([^]]+)\]\(([^)]+)\)", index, re.MULTILINE)
    titles = [(page.read_text("utf-8").partition("\n")[0].removeprefix("# "), page.name) for page in CHOICES]
    assert rows == titles
    assert [int(page.name[:4]) for page in CHOICES] == list(range(1, len(CHOICES) + 1))


# ---- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("doc", "of"), [("admins.md", "id"), ("admins.nl.md", "string")])
def test_what_a_page_for_users_prints_in_bold_stands_so_on_the_screen(doc: str, of: str) -> None:
    with (ROOT / "app/web/translations/nl/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [getattr(message, of) for message in read_po(file, locale="nl")]
    on_screen = {words for found in messages for words in ([found] if isinstance(found, str) else found)}
    bold = re.findall(r"\*\*(.+?)\*\*", " ".join((ROOT / "docs" / doc).read_text("utf-8").split()))
    assert [words for words in bold if words not in on_screen] == []
    assert len(bold) > 15


def test_make_translations_gathers_all_that_must_be_translated() -> None:
    gathered = re.findall(r"--keyword=(\w+)", (ROOT / "Makefile").read_text("utf-8"))
    assert {*gathered, *DEFAULT_KEYWORDS} >= set(KEYWORDS)

"""The small course with care: steps of several kinds with a way around, a page in the foot, blanks, support."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.course.files.shelf import Shelf
from tests.course_folder import Folder

CARE = {
    "01-map/01-signs": "in-short",
    "01-map/02-your-walk": "in-short",
    "01-map/03-check": "in-short",
    "02-walk/02-on-the-way": "the-short-way",
    "02-walk/03-turn-around": "the-short-way",
}
"""Steps that touch something, with the way around each."""

AROUND = {
    "01-map/around/in-short": (
        "The map in three sentences",
        "De kaart in drie zinnen",
        "A map shows a [contour line](term:contour) where the ground rises. It leaves the rest out. You need no more.",
        "Een kaart toont een [hoogtelijn](term:contour) waar de grond stijgt. De rest laat zij weg. Meer hoeft niet.",
    ),
    "02-walk/around/the-short-way": (
        "The short way",
        "De korte weg",
        "Turn around in good time. That is all.",
        "Keer op tijd om. Dat is alles.",
    ),
}

PAGE = {
    "en": "---\ntitle: Who is behind this\nlead: In short.\n---\nThis is run by {{name}}. Write to {{mail}}.\n",
    "nl": '---\ntranslates: "0"\ntitle: Wie hierachter zit\nlead: Kort.\n---\nVan {{name}}. Schrijf naar {{mail}}.\n',
}

SUPPORT = """\
title: Where to turn
lead: You need not stay alone with it.
body: Your adviser is {{adviser}}.
countries:
  - slug: here
    name: Here
    contacts:
      - slug: line
        name: The Listening Line
        phone: 0800 (123) 45
        url: https://line.example.org/
        about: For everybody, day and night.
        source: https://line.example.org/about
        checked: 2026-11-01
      - slug: desk
        name: The Desk
        url: https://desk.example.org/
        about: By appointment.
        source: https://desk.example.org/
        checked: 2020-02-03
  - slug: there
    name: There
"""
SUPPORT_NL = """\
translates: "0"
title: Bij wie je terechtkunt
lead: Je hoeft er niet alleen mee te blijven.
body: Je vertrouwenspersoon is {{adviser}}.
countries:
  here:
    name: Hier
    contacts:
      line: {name: De Luisterlijn, about: "Voor iedereen, dag en nacht."}
      desk: {name: Het Loket, about: Op afspraak.}
  there: {name: Daar}
"""
BLANKS = """\
blanks:
  name: {ask: name of the organisation}
  mail: {ask: address for mail, value: help@example.org}
  adviser: {ask: name of the adviser}
"""
BLANKS_NL = """\
blanks:
  name:
    translates: "0"
    ask: naam van de organisatie
  mail:
    translates: "0"
    ask: mailadres
  adviser:
    translates: "0"
    ask: naam van de vertrouwenspersoon
"""


def write_careful(path: Path) -> Folder:
    """Write the course to a folder that is not there yet."""
    folder = Folder(path)
    for step, way in CARE.items():
        _add(folder, f"modules/{step}.en.md", f"care: {{touches: steep ground, note: Nobody falls., around: {way}}}\n")
        _add(folder, f"modules/{step}.nl.md", "care: {touches: steile grond, note: Er valt niemand.}\n")
    for name, (title, titel, text, tekst) in AROUND.items():
        head = "---\ntitle: {}\nminutes: 2\nsource: Handbook, in short\n---\n{}\n"
        hoofd = '---\ntranslates: "0"\ntitle: {}\nsource: Handboek, in het kort\n---\n{}\n'
        folder.write(f"modules/{name}.en.md", head.format(title, text))
        folder.write(f"modules/{name}.nl.md", hoofd.format(titel, tekst))
    for language, text in PAGE.items():
        folder.write(f"modules/pages/10-about-us.{language}.md", text)
    folder.write("modules/support.yaml", SUPPORT)
    folder.write("modules/support.nl.yaml", SUPPORT_NL)
    folder.write("modules/organisation.yaml", BLANKS)
    folder.write("modules/organisation.nl.yaml", BLANKS_NL)
    folder.bring_up_to_date()
    return folder


@cache
def careful_shelf() -> Shelf:
    """Load the course, once a run; of its files nothing stays, so its pictures are not found."""
    with TemporaryDirectory() as folder:
        shelf = Shelf(write_careful(Path(folder) / "course").path)
    assert not shelf.faults, "\n".join(map(str, shelf.faults))
    return shelf


def _add(folder: Folder, file: str, line: str) -> None:
    """Put a line at the end of the front matter of a step."""
    front, body = re.split(r"(?m)^---\n", folder.read(file), maxsplit=2)[1:]
    folder.write(file, f"---\n{front}{line}---\n{body}")

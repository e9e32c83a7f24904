"""Who is in the demo, and what they did: learners of every sort, all of them invented."""

from __future__ import annotations

from dataclasses import dataclass

STAFF = (("Petra Perron", "trainer@example.org"), ("Ada Stoep", "admin@example.org"))


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who learns: which share of the course they did, and how many days ago they did something last.

    `failed`: attempts in vain at the quiz that comes next; `begun`: days for which a text has lain that they began and
    did not hand in. Who never came (`came`) was invited and chose no password.
    """

    name: str
    share: float = 0.0
    quiet: int = 1
    failed: int = 0
    begun: int | None = None
    came: bool = True
    took_back: bool = False

    @property
    def email(self) -> str:
        """Their address: the learner whom one may be has one that is easy to remember."""
        return "learner@example.org" if self is LEARNERS[0] else f"{_plain(self.name)}@example.org"


def _plain(name: str) -> str:
    """Spell a name as an address: small letters, without accents."""
    return name.casefold().translate(str.maketrans("çëéïò ", "ceeio."))


LEARNERS = (
    Invented("Aïcha Trapleuning", 0.5),
    Invented("Dilnaz Treden", 1.0, quiet=2),
    Invented("Chidi Overloop", 1.0, quiet=3),
    Invented("Bilal Leuning", 0.85, quiet=4),
    Invented("Goran Wenteltrap", 0.75, quiet=3),
    Invented("Farid Stootbord", 0.7, quiet=16),
    Invented("Elif Spil", 0.6, quiet=5),
    Invented("Bram Bordes", 0.5, quiet=1, failed=2),
    Invented("Tesfay Roltrap", 0.45, quiet=6, begun=12),
    Invented("Nadia Perron", 0.3, quiet=19),
    Invented("Mila Ladder", 0.2, quiet=10),
    Invented("Sanne Drempel", 0.1, quiet=13),
    Invented("Youssef Trede", 0.0),
    Invented("Rojda Steiger", came=False),
    Invented("Omar Loopbrug", came=False),
    Invented("Hana Vlonder", came=False),
    Invented("Yara Gaanderij", 0.15, quiet=31),
    Invented("Zoë Opgang", 0.55, quiet=2, failed=3),
    Invented("Sam Balustrade", 0.35, quiet=2, took_back=True),
    Invented("Veerle Vliering", 0.65, quiet=1),
    Invented("Imke Sport", 0.4, quiet=9, begun=8),
    Invented("Kateryna Portaal", 0.8, quiet=2),
    Invented("Carmen Bovenkwart", 0.9, quiet=5),
    Invented("Lidia Vide", 0.95, quiet=3),
    Invented("Wassim Kelder", 0.6, quiet=5, failed=1),
    Invented("Jamal Dorpel", 1.0, quiet=5),
    Invented("Milan Zolder", 1.0, quiet=5),
    Invented("Noor Plateau", 0.25, quiet=0),
    Invented("Tomasz Hek", 0.3, quiet=4),
    Invented("Leyla Stap", 0.5, quiet=7),
)
"""Thirty: whoever tries the demo as a trainer sees every sort of history."""

REFLECTIONS = {
    "nl": (
        "Ik dacht vooral aan regels en formulieren. Nu let ik er eerst op of iemand zich welkom voelt.",
        "Op mijn werk verwijzen we vaak door. Ik wil weten of iemand daarna ook echt geholpen is.",
        "Ik merk dat ik snel met een oplossing kom. Ik wil eerst vragen wat iemand zelf wil.",
        "Een student kwam steeds te vroeg. Pas na weken vroeg ik waarom: thuis was het te druk om te lezen.",
        "Bij ons begint elk gesprek met een formulier. Volgende keer begin ik met koffie, en daarna pas het papier.",
        "Ik wist niet dat we een stille ruimte hebben. Nu staat die in de mail waarmee ik mensen welkom heet.",
        "Ik doe veel alleen. Ik ga een collega vragen om bij het tweede gesprek aan te schuiven.",
        "Toen ik zweeg, vertelde hij meer dan in het hele uur daarvoor. Dat wil ik vaker durven.",
    ),
    "en": (
        "I used to think of rules and forms first. Now I look whether somebody feels welcome.",
        "At work we often refer people on. I want to know whether they were really helped.",
        "I notice that I come up with a solution quickly. I want to ask first what somebody wants.",
        "A student always came too early. It took me weeks to ask why: at home it was too busy to read.",
        "With us every talk begins with a form. Next time I begin with coffee, and the paper comes after.",
        "I did not know that we have a quiet room. Now it stands in the mail in which I welcome people.",
        "I do a lot alone. I am going to ask a colleague to join the second talk.",
        "When I said nothing, he told me more than in the whole hour before. I want to dare that more often.",
    ),
}

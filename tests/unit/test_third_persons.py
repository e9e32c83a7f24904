"""What looks like somebody else's data is seen, and ordinary words about one's work are left alone.

Nobody here is real, and no number can be anybody's:
- names are parts of a staircase (Trede, Bordes, Leuning, Perron), addresses end on example.org;
- Dutch mobile numbers go on with 0 after 06, where only 061 to 065 and 068 are given out; Belgian ones begin with
  0450, where mobile numbers begin with 0455, 0456 and 046 to 049; other subscriber numbers begin with 0, which is
  given to nobody;
- burgerservicenummers begin with 0000000, as in the examples of the register itself, or with 9999, which is for tests;
- the three digits after the date in a rijksregisternummer are 000 or 999, while they run from 001 to 998;
- V-numbers are ten digits beginning with 9999999, made up.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import FrameType, ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.course.rules import birth_dates, no_names, personal_numbers
from app.course.rules.third_persons import Kind, Trace, traces_in

TODAY = date(2026, 11, 19)
ROOT = Path(__file__).parents[2]

# ---- texts that warn: what is to be seen stands between ⟦ and ⟧ ------------------------------

WARNS: dict[Kind, list[str]] = {
    Kind.EMAIL: [
        "Ik mailde haar op ⟦samira.bordes@example.org⟧ en kreeg dezelfde dag antwoord.",
        "Zijn oude adres (⟦y_trede+uaf@mail.example.org⟧) werkte niet meer, dus ik belde de opvang.",
        "She asked me to write to ⟦Amal.Leuning@students.example.org⟧. I did so the same evening.",
        "Contact: ⟦o'perron@example.org⟧; hij reageert vooral 's avonds.",
        "Zet het op het bord: ⟦samira @ example.org⟧, voor wie een vraag heeft.",
    ],
    Kind.PHONE: [
        "Ik heb een student gebeld op ⟦06-01234567⟧, omdat hij drie weken niet kwam.",
        "Zijn nummer is ⟦0601234567⟧. Hij neemt alleen op als hij het nummer kent.",
        "Ze is het best bereikbaar op ⟦06 01 23 45 67⟧ na vijf uur.",
        "Bel ⟦06.01.23.45.67⟧ voor de tolk.",
        "Haar broer, ⟦(06) 01 234 567⟧, vertaalt als zij er niet uitkomt.",
        "Op het briefje stond ⟦+31 6 01234567⟧ en verder niets.",
        "Je kunt hem appen: ⟦+31601234567⟧.",
        "Ik gaf haar mentor door: ⟦+31 (0)6 0123 4567⟧.",
        "Vanuit het buitenland belde ze met ⟦0031 6 01234567⟧ naar ons loket.",
        "De zus van mijn student woont in Amsterdam en is te bellen op ⟦020-0123456⟧.",
        "Zijn huisarts zit op ⟦(020) 012 34 56⟧, daar heb ik een afspraak voor hem gemaakt.",
        "De opvang in de Achterhoek: ⟦0570 - 01 23 45⟧, vraag naar de nachtdienst.",
        "Zijn begeleider heeft een direct nummer, ⟦088 012 34 56⟧.",
        "Ik sms'te naar ⟦0450/12.34.56⟧ dat de les niet doorging.",
        "Zij heeft een Belgisch nummer: ⟦0450 12 34 56⟧.",
        "Ze vroeg of ik ⟦+32 450 12 34 56⟧ wilde bellen als er een plek vrijkwam.",
        "Haar contact in Gent: ⟦+32 (0)9 012 34 56⟧.",
        "Ik belde naar Brussel, ⟦02/012.34.56⟧, en werd drie keer doorverbonden.",
        "De school in Tongeren (⟦012 01 23 45⟧) wilde hem eerst zien.",
        "His phone was off, so I tried the shelter at ⟦0032 2 012 34 56⟧ instead.",
        "Zijn nummer: ⟦٠٦٠١٢٣٤٥٦٧⟧.",
        "Twee nummers: ⟦06-01234567⟧ en ⟦06-07654321⟧.",
    ],
    Kind.BSN: [
        "Ze had haar BSN nog niet, dus ik vulde ⟦000000012⟧ in en belde later.",
        "Op het formulier stond 'BSN ⟦9999.90.019⟧' en een handtekening.",
        "Zijn burgerservicenummer is ⟦000.000.024⟧; zonder dat nummer kon hij zich niet inschrijven.",
        "Ik schreef ⟦999 999 199⟧ op een kladje en vergat het weg te gooien.",
        "I typed her citizen service number (⟦999999230⟧) in the wrong file.",
        "Met ⟦00000012⟧ lukte het inloggen wel.",
        "Het BSN: ⟦99 99 90 01 9⟧, zo stond het in de mail.",
    ],
    Kind.NATIONAL_NUMBER: [
        "Op zijn kaart staat ⟦85.07.30-999.32⟧, en daarmee kon ik hem aanmelden.",
        "Haar rijksregisternummer is ⟦99.05.12-999.76⟧.",
        "Ik stuurde het nummer ⟦04031799980⟧ per mail, wat niet had gemoeten.",
        "Zij is in 2001 geboren: ⟦010225 000 90⟧.",
        "Hij heeft nog een bisnummer, ⟦85.47.30-999-21⟧, en dat aanvaardde de hogeschool niet.",
        "For the bis number I noted ⟦01 42 05 999 68⟧.",
        "Zonder bekende geboortedatum kreeg hij ⟦00.00.00-999.97⟧.",
    ],
    Kind.V_NUMBER: [
        "Zijn V-nummer (⟦9999999901⟧) stond op de brief van de IND.",
        "Op haar pasje las ik VNR ⟦999.999.9902⟧.",
        "Ik noteerde ⟦999 999 9903⟧ voor de aanvraag bij DUO.",
        "Her V-number is ⟦9999-999-904⟧, she knows it by heart.",
        "vreemdelingennummer: ⟦0999999905⟧",
        "Op de kaart stond ⟦V9999999906⟧, meer niet.",
    ],
    Kind.NAME_AND_BIRTH_DATE: [
        "Een student (⟦Yonas, 3-4-2001⟧) kwam drie weken niet. Ik dacht eerst aan de taal.",
        "⟦Yonas Trede (3-4-2001⟧) wil techniek studeren.",
        "⟦Samira Bordes, geboren op 12 mei 1999⟧, was in haar land al bijna arts.",
        "Mijn student ⟦Samira is geboren op 12 mei 1999⟧ in Aleppo en spreekt vier talen.",
        "⟦Samira werd op 12 mei 1999⟧ geboren in een dorp zonder school.",
        "Born on ⟦12 May 1999, Samira Bordes⟧ had finished school before she fled.",
        "I met ⟦Yonas Trede (born June 4th, 2001⟧) at the desk.",
        "Aanwezig: ⟦Amal al Leuning, geb. 4/6/2001⟧, en haar mentor.",
        "Naam: ⟦Yonas Trede\nGeboortedatum: 3-4-2001⟧\nLand: Eritrea",
        "⟦Yonas (°3/4/2001⟧) volgt bij ons de taalcursus.",
        "In de lijst stond ⟦J. van der Trede, 1998-07-12⟧, en niemand wist wie dat was.",
        "Ik kreeg een mail over ⟦Samira Bordes 12.05.1999⟧ van het loket.",
        "Wie belt er over ⟦Maryam Al-Bordes – 12 mei 1999⟧?",
        "⟦Iryna Perron (d.o.b. 12/05/1999⟧) came with her mother.",
        "⟦Yonas kwam te laat. Hij is geboren op 3 april 2001⟧ en woont alleen.",
        "Mijn cliënt is geboren op ⟦3 april 2001 in Kabul en heet Yonas⟧.",
        "Date of birth ⟦3-4-2001, name Yonas Trede⟧.",
        "⟦يوناس تريدي (3-4-2001⟧) kwam samen met zijn broer.",
        "Op het formulier stond ⟦يوناس تريدي، مولود في ٣/٤/٢٠٠١⟧.",
        "⟦ዮናስ (3-4-2001⟧) vroeg om een plek in de bibliotheek.",
        "⟦Олена Перрон (12.05.1999⟧) studeerde in Charkiv.",
        "⟦Noor Leuning, born in Addis Abeba on 7 July 2003⟧, wants to be a nurse.",
        "Het kind heet ⟦Amal, geboren op 3 maart 2019⟧, en mag mee naar de les.",
        "Op de lijst: ⟦Trede, Y. (03-04-2001⟧) en nog drie anderen.",
        "⟦Samira (*1999-05-12⟧) komt uit Aleppo.",
        "⟦Yonas Trede, 3-4-01⟧, vroeg naar de studiekeuzecheck.",
    ],
}


# ---- ordinary texts: nothing is to be seen ---------------------------------------------------

ORDINARY = [
    # Lists and signs
    "* 12-03-1999: de wet is veranderd.\n* 03-04-2001: Gent begon ermee, Utrecht volgde.",
    "Wij waren @ school. Nu zijn we thuis, en om 14.00 uur @ kantoor.",
    # About one's work, in Dutch
    "Een student kwam drie weken niet. Ik dacht eerst aan de taal, maar hij kon thuis nergens rustig lezen.",
    "Op 3 maart 2024 begon de cursus in Gent. Er kwamen twaalf mensen, en acht maakten hem af.",
    "Toen Yonas binnenkwam, zei hij niets. Pas na een kwartier vroeg hij of hij hier mocht studeren.",
    "Ik werk sinds 1 september 2019 bij de Hogeschool Utrecht en begeleid daar vluchteling-studenten.",
    "In hoofdstuk 5, stap 3 staat dat je samen een plan maakt. Dat deed ik te laat.",
    "Maandag 3-4-2006 was mijn eerste werkdag, en ik weet nog hoe vol de wachtkamer was.",
    "Ik ben zelf geboren op 3 april 1980 in Gent en was de eerste in onze familie die ging studeren.",
    "Ik ben geboren op 3 april 1980, en mijn collega Bram lacht daar altijd om.",
    "Mijn geboortedatum is 3-4-1980. Ik ben dus twee keer zo oud als Yonas.",
    "Wij gaven in het studiejaar 2023-2024 een voorbereidend jaar aan 48 studenten.",
    "Van 2019 tot 2024 is het aantal aanmeldingen verdubbeld, van 120 naar 240.",
    "Het kost € 12.345.678 per jaar; dat is 1.250 euro per student, las ik op blz. 123-145.",
    "Een kamer kost 650,00 euro en de beurs is 1.025,50. Daar houd je niets van over.",
    "Lees Brownlees & Finch, 'Self-assessment of wellbeing' (ISBN 978-90-123-4567-8), hoofdstuk 2.",
    "Zie https://www.uaf.nl/hulp/0601234567 en doi:10.1177/0018720819845988 voor het onderzoek.",
    "Bij nood bel je 112, en wie aan zelfdoding denkt, belt 113 of 0800-0113. In Vlaanderen is dat 1813.",
    "Het loket is open van 09.00-17.00 uur, op dinsdag van 10:30 tot 20:00.",
    "Ons adres is Trapstraat 12, 1012 AB Amsterdam, lokaal 02.014 op de derde verdieping.",
    "De vakken INF-0201234567 en PSY-2.04 tellen allebei voor 5 EC.",
    "Op een schaal van 0 1 2 3 4 5 6 7 8 9 gaf hij zijn welzijn een 4.",
    "Ik sprak haar op 05-06-2024 10:30 en nog eens op 12/06/2024.",
    "De periode 01-02-2024/30-06-2024 was zwaar, omdat de procedure van zijn vrouw liep.",
    "Het Vluchtelingenverdrag (28 juli 1951) zegt in artikel 22 iets over onderwijs.",
    "Verdrag van Genève, 28 juli 1951. De Vreemdelingenwet (15 december 1980) kwam pas later.",
    "De Bologna-verklaring, 19 juni 1999, moest diploma's vergelijkbaar maken.",
    "Sinds 1 januari 2007 moet wie hier komt inburgeren. Sinds 1-1-2022 doet de gemeente dat.",
    "Bevrijdingsdag, 5 mei 1945: mijn oma vertelde er elk jaar over, en nu vertellen studenten mij over hun oorlog.",
    "Parijs, 13 november 2005, Gent, 3 maart 2004 en Srebrenica (11 juli 1995) stonden in zijn verhaal naast elkaar.",
    "Universiteit Gent (1 september 2005) was de eerste met een taaljaar; VluchtelingenWerk (1-1-1979) bestond al.",
    "UAF, 12-10-1948. UNHCR, 14-12-1950. Zo oud is die steun al.",
    "Vergadering 3-4-2009: wij spraken over stage. De vergadering duurde drie uur.",
    "Startbijeenkomst 12 mei 2010, Intakegesprek 14 mei 2010, Eindtoets 1 juli 2010.",
    "Op 11 september 2001 zat ik in de trein naar Leuven; daarna keek iedereen anders naar mijn studenten.",
    "Yonas begon op 3 september 2024 met de taalcursus en stopte in december.",
    "Met Samira, die ik op 12 november 2025 sprak, maakte ik een plan in drie stappen.",
    "Een studente vertelde dat ze geboren is op 3 april 2001, een week nadat de oorlog begon.",
    "Geboren en getogen in Aleppo, en toch zei ze: hier voel ik me thuis.",
    "Zij is geboren in Kabul en woont sinds 2016 in Antwerpen.",
    "Het idee is geboren op een vrijdag in maart, in de kantine.",
    "Wereldwijd waren er 117.300.000 mensen op de vlucht; in ons land 12.345.678 inwoners minder dan ik dacht.",
    "Wereldwijd 104.300.000 en 100 400 000 zijn ronde getallen; bij ons wonen 17.943.218 mensen, 111.222.333 people.",
    "De organisatie staat in de KvK onder nummer 00000012 en heeft rekening NL91 ABNA 0417 1643 00.",
    "Ons ondernemingsnummer is 0566.988.259; het rekeningnummer is BE68 5390 0754 7034.",
    "Dossier 20240315 gaat over maart, dossier 15032024 ook; zo verwarrend was het.",
    "Het zaaknummer is 123456789 en de bestelling heeft nummer 100000001.",
    "De helft (49,5 %) haalde 30 EC, 12 van de 48 haalden 60 EC, en 1 op de 3 stopte.",
    "Ik gaf drie tips: 1. bel eerst, 2. schrijf op wat je hoort, 3. vraag wat iemand zelf wil.",
    "Mijn collega's Bram, An en Petra Perron lezen dit niet; toch noem ik hun namen liever niet.",
    "Volgens Maslow (1943) komt veiligheid eerst, maar mijn student wilde eerst boeken.",
    "Rond 12 mei vroeg Samira naar de studiekeuzecheck, en op 20 mei wist zij het.",
    "Wij vierden Wereldvluchtelingendag op 20 juni 2024 in de aula.",
    "Op 1 september 2010 opende het Huis van de Student, dichtbij station Gent-Sint-Pieters.",
    "Module 05, 12 november 2009, versie 2.1: zo heette het eerste document.",
    "Tussen 8.30 en 12.00 uur is Noor er niet, want zij brengt haar kind naar school.",
    "In de wet van 12 mei 1999 staat dat niet, zei mijn leidinggevende.",
    "Twitter (@uaf_nl) en een briefje met '5 @ 10 euro' waren onze hele campagne.",
    "Kamer 0470, gebouw 12, verdieping 3: vraag naar de studieadviseur.",
    "De code voor de deur is 2580 en de wifi heet Opstap-2024-gast.",
    "Ik las blz. 012-019 en 045-052, en daarna de samenvatting.",
    # About one's work, in English
    "A student missed three weeks. I thought of the language first, but he had nowhere quiet to read.",
    "On 3 March 2024 the course began in Ghent. Twelve people came and eight finished.",
    "I was born on 3 April 1980 in Ghent, and nobody in my family had studied before.",
    "I was born on 3 April 1980, and Petra never forgets it.",
    "My date of birth is 3-4-1980. Yonas laughed when I told him.",
    "Between 2019 and 2024 the number of applications doubled, from 120 to 240.",
    "The Geneva Convention, 28 July 1951, and its Protocol (31 January 1967) say little about universities.",
    "The Dublin Convention (15 June 1990) decides where you apply, not where you study.",
    "Read Brownlees & Finch (12 May 2011), pages 123-145, ISBN 0306406152.",
    "In an emergency you call 112. The helpline of the university is free: 0800 12 345.",
    "We met on Monday 3 April 2006, on Tue 12/05/2009 and again in May 2010.",
    "He said: 'I came here on 4 June 2009 with one bag.' I had no answer to that.",
    "When Samira spoke about home, I stopped taking notes and listened.",
    "World Refugee Day, 20 June 2001, was the first one that we marked at our college.",
    "It costs $1,250,000 a year, or EUR 1 250 000, for some 300 students.",
    "Room 2.014, ext. 4512, open 09:00-17:00, near the Red Cross (1 May 2008).",
    "The student council of the University of Amsterdam, 1 September 2010, asked for the same.",
    "Yesterday, 4 May 2010, we were silent for two minutes; today we spoke for two hours.",
    "She was born in Kabul and raised in Tehran, and she calls neither of them home.",
    "The plan was born on a Friday afternoon, over tea.",
    "My score went from 3.5 to 4.25; the pass mark is 70 %.",
    "Order 123456789 arrived late, so the first lesson had no books.",
    "Since 1 January 2007 newcomers must pass an exam. By 31-12-2010 most had.",
    "Version 2.1.0 of the guide, 12-05-2010, had no chapter on wellbeing.",
    "I asked: what would help you today? She said: a desk, and somebody who knows my name.",
    # In other scripts, and hardly anything
    "كانت الطالبة قلقة في الأسبوع الأول، ثم وجدت مكاناً هادئاً للدراسة في 3-4-2001 تقريباً.",
    "Студентка сказала мені, що 24 лютого 2022 року все змінилося.",
    "",
    "…",
    "Yonas.",
    "3-4-2001",
    "06",
    "+31",
    "@",
]  # fmt: skip


def marked(text: str) -> tuple[str, list[str]]:
    """Return a text without the signs around what is to be seen, and what that is."""
    return text.replace("⟦", "").replace("⟧", ""), re.findall("⟦(.*?)⟧", text, re.DOTALL)


def seen(text: str) -> list[tuple[str, Kind]]:
    return [(text[trace.start : trace.end], trace.kind) for trace in traces_in(text, TODAY)]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in WARNS.items() for text in texts])
def test_what_looks_like_somebody_elses_data_is_seen_and_nothing_beside_it(kind: Kind, text: str) -> None:
    plain, expected = marked(text)
    assert expected
    assert seen(plain) == [(piece, kind) for piece in expected]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert seen(text) == []


def test_there_are_more_than_twenty_texts_that_warn_and_forty_that_do_not() -> None:
    assert sum(map(len, WARNS.values())) >= 60
    assert len(ORDINARY) >= 80
    assert all(WARNS[kind] for kind in Kind)


def test_all_ordinary_texts_together_are_ordinary_too() -> None:
    """So the words of one do not make something of the figures of the next, and a false alarm is rare."""
    assert seen("\n\n".join(ORDINARY)) == []


def test_no_text_of_the_course_itself_looks_like_somebodys_data() -> None:
    pages = sorted((ROOT / "modules").glob("*/*.md"))
    assert pages
    for page in pages:
        words = page.read_text("utf-8").split("\n---\n", 1)[1]
        assert seen(words) == [], page


# ---- what must be right ----------------------------------------------------------------------


@pytest.mark.parametrize("number", ["123456783", "9999.90.018", "000.000.023", "12345671"])
def test_a_number_of_nine_digits_is_a_bsn_only_when_it_passes_the_eleven_test(number: str) -> None:
    assert seen(f"Het nummer is {number}.") == []
    assert seen(f"BSN: {number}.") == []


@pytest.mark.parametrize(
    "number",
    ["85.07.30-999.33", "85.13.30-999.33", "85073099931", "00000000097", "85133099974", "85733099909", "85613099922"],
)
def test_a_national_number_is_one_only_when_its_last_digits_fit(number: str) -> None:
    assert seen(f"Het nummer is {number}.") == []


def test_the_last_digits_of_a_national_number_tell_the_century() -> None:
    assert personal_numbers.passes_97_test([int(digit) for digit in "85073099932"])
    assert personal_numbers.passes_97_test([int(digit) for digit in "04031799980"])
    assert not personal_numbers.passes_97_test([int(digit) for digit in "04431399980"])


def test_a_date_beside_a_name_counts_when_a_student_can_be_born_then() -> None:
    for year, expected in ((2026 - 14, False), (2026 - 15, True), (2026 - 100, True), (2026 - 101, False)):
        assert bool(seen(f"Yonas (3-4-{year})")) is expected, year
    assert traces_in("Yonas (3-4-2012)", date(2027, 1, 1))
    assert seen("Yonas (geb. 3-4-2020)")


def test_several_things_in_one_text_are_seen_in_its_order() -> None:
    text = "Yonas, 3-4-2001, BSN 000000012, 06-01234567 of yonas@example.org, V-nummer 9999999901, 85.07.30-999.32."
    assert [kind for _piece, kind in seen(text)] == [
        Kind.NAME_AND_BIRTH_DATE, Kind.BSN, Kind.PHONE, Kind.EMAIL, Kind.V_NUMBER, Kind.NATIONAL_NUMBER,
    ]  # fmt: skip


def test_what_looks_like_two_things_is_one() -> None:
    assert seen("0000000 12, 000000012@example.org") == [("000000012@example.org", Kind.EMAIL)]
    assert seen("85073099932") == [("85073099932", Kind.NATIONAL_NUMBER)]


def test_words_that_name_nobody_are_kept_in_lower_case() -> None:
    for words in (no_names.COMMON, no_names.PLACES, no_names.OF_AN_INSTITUTION, no_names.PARTICLES):
        assert all(word == word.lower() for word in words)


# ---- whatever the text -----------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            "06",
            "+31",
            "0032",
            "(0)",
            "-",
            ".",
            "/",
            " ",
            "\n",
            "@",
            "example.org",
            "Yonas",
            "van",
            "Trede",
            "geboren op",
        ),
        *("3-4-2001", "12 mei 1999", "BSN", "000000012", "V-nummer", "9999999901", "850730", "99932", "€", "1.234"),
        *(
            "ISBN",
            "NL12",
            "°",
            "born",
            "(",
            ")",
            ",",
            "ik",
            "يوناس",
            "٣",
            "²",
            "\u00a0",
            "\x00",
            "\U0001f463",
            "ß",
            "İ",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=120).map("".join))


@settings(deadline=None)
@given(TEXTS)
def test_any_text_can_be_looked_at_and_traces_lie_inside_it_one_after_another(text: str) -> None:
    traces = traces_in(text, TODAY)
    assert all(isinstance(trace, Trace) and trace.start < trace.end for trace in traces)
    edges = [0, *(edge for trace in traces for edge in (trace.start, trace.end)), len(text)]
    assert edges == sorted(edges)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_two_texts_with_a_blank_line_between_them_hold_what_each_holds(left: str, right: str) -> None:
    """So a text is never made harmless by what stands elsewhere in it; only a word that it also writes small counts."""
    gap = "\n\n.\n\n"
    alone = [piece for piece, kind in seen(left) if kind is not Kind.NAME_AND_BIRTH_DATE]
    together = [piece for piece, kind in seen(left + gap + right) if kind is not Kind.NAME_AND_BIRTH_DATE]
    assert together[: len(alone)] == alone


# ---- the cost: counted, without a clock ------------------------------------------------------

BAD = [
    *(
        "a",
        "06 ",
        "0",
        "1 ",
        "a@",
        "a.b@c.",
        "Yonas 3-4-2001 ",
        "Aa ",
        "geboren ",
        "3-4-2001 ",
        "(0",
        "+31",
        "ا ",
        "- ",
    ),
    *("1.2.3.4.5", "€ 1,", "BSN ", "NL12 ABCD ", "ISBN 9 ", "... ", "\n", "V-nummer ", "A. ", "van de ", "Yonas is "),
    *("Hij is geboren. ", "KvK ", "geb", "1 jan ", "https://"),
]


def calls(text: str) -> int:
    """Count the calls that a look at a text makes, of functions in Python and in C alike."""
    count = 0

    def note(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        traces_in(text, TODAY)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("bad", BAD)
def test_twice_the_text_is_at_most_twice_the_work(bad: str) -> None:
    few, many = calls(bad * (2000 // len(bad))), calls(bad * (4000 // len(bad)))
    assert many <= 2.1 * few + 50


@pytest.mark.parametrize("bad", BAD)
def test_the_longest_text_that_can_be_handed_in_is_looked_at(bad: str) -> None:
    """A pattern that went back over what it has seen would not come to an end here."""
    traces_in(bad * (20_000 // len(bad)), TODAY)


WHOLE_TEXT = (
    "_SOMETHING_ELSE _COMPANY _EMAIL _PHONES _NAMED_BSN _BSN _NAMED_V_NUMBER _V_NUMBER _NATIONAL _DAYS _SMALL_WORD"
)
"""The patterns that go over a whole text; all others look at a stretch of fewer than a hundred signs."""


def patterns_of(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, value in vars(module).items():
        for pattern in value if isinstance(value, tuple) else (value,):
            if isinstance(pattern, re.Pattern):
                yield name, pattern


@pytest.mark.parametrize("module", [personal_numbers, birth_dates])
def test_no_pattern_that_goes_over_a_whole_text_looks_further_than_a_bounded_stretch(module: ModuleType) -> None:
    found = [(name, pattern) for name, pattern in patterns_of(module) if name in WHOLE_TEXT.split()]
    assert found
    for name, pattern in found:
        _least, most = re._parser.parse(pattern.pattern, pattern.flags).getwidth()  # type: ignore[attr-defined]
        assert most < 2_100, name

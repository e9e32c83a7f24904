"""Words with a capital that name no person, in Dutch and in English: what `birth_dates` passes over.

All in lower case. No list of this kind is ever whole; it holds what stands beside a date in what people write about
their work in education.
"""

from __future__ import annotations


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "february", "feb", "febr"),
    ("maart", "march", "mrt", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("augustus", "august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)

COMMON = _words(
    """
    mon tue tues wed thu thur thurs fri sat sun ma di wo do vr za zo maandag dinsdag woensdag donderdag vrijdag
    zaterdag zondag monday tuesday wednesday thursday friday saturday sunday januari februari maart april mei juni
    juli augustus september oktober november december january february march may june july august october

    ik jij je hij zij ze het wij we jullie hun hem haar mijn jouw zijn onze ons u uw dit dat deze die de een er men
    iemand niemand iedereen alles niets wat wie welke waar waarom wanneer hoe i you he she it they them his her its
    my your our their this that these those the a an there one someone somebody nobody everyone everything nothing
    what who which where why when how whose

    op in aan bij met van voor na naar om onder over tegen tot uit per sinds vanaf tijdens door zonder tussen binnen
    buiten rond omstreeks rondom sedert achter naast volgens dankzij ondanks wegens vanwege on at by with of for
    after to about under over against until till from since during through without between within around before as
    into near

    en of maar want dus omdat doordat toen als terwijl zodat hoewel indien zodra nadat voordat tenzij ook niet wel
    nog al weer dan daar hier nu toch zo heel eerst later daarna daarom vervolgens ten ook bovendien echter soms
    vaak altijd nooit meestal gisteren vandaag morgen vorig vorige vorig volgend volgende afgelopen komend komende
    inmiddels uiteindelijk achteraf opeens plotseling laatst onlangs destijds eigenlijk gelukkig helaas misschien
    natuurlijk ja nee bedankt dag beste geachte hallo hoi groet groeten and or but because so while when although if
    once unless also not still again then here now yet very first later afterwards therefore next moreover however
    sometimes often always never usually yesterday today tomorrow last finally suddenly recently actually
    fortunately unfortunately perhaps maybe yes no thanks dear hello hi regards

    is was ben bent waren werd werden word wordt heb hebt heeft had hadden kan kon kun moet moest mag mocht wil
    wilde zal zou ga gaat ging kwam komt geboren geb geboortedatum geboortedag overleden vertelde zei vroeg schreef
    noteerde las zie lees denk dacht weet wist vond vind stel kijk am are were been being has have had do does did
    can could must may might will would shall should go went came comes born died told said asked wrote noted read
    see think thought know knew found

    student studente studenten deelnemer deelneemster cliënt cliënte client collega docent docente leraar lerares
    trainer coach mentor begeleider begeleidster vrijwilliger arts dokter advocaat tolk moeder vader ouder ouders
    kind kinderen zoon dochter broer zus zusje broertje man vrouw jongen meisje vriend vriendin vluchteling
    vluchtelinge nieuwkomer asielzoeker statushouder leerling persoon naam voornaam achternaam familienaam
    participant colleague teacher tutor supervisor volunteer doctor lawyer interpreter mother father parent parents
    child children son daughter brother sister woman boy girl friend refugee newcomer pupil person name surname

    datum plaats adres telefoon mail email bijlage verslag notitie notulen gesprek afspraak agenda start begin einde
    eind versie concept stap hoofdstuk pagina blz deel les vak blok groep casus dossier brief bericht vraag antwoord
    reflectie cursus module toets examen quiz taal thema doel actie plan jaar maand week uur keer eerste tweede
    derde date place address phone attachment report notes meeting appointment end version draft step chapter page
    part lesson class block group case file letter message question answer reflection course test exam language
    theme goal action year month hour time second third geboorteland nationaliteit leeftijd geslacht nationality age
    gender sex

    dhr mw mevr mevrouw meneer heer drs dr prof ir mr ms mrs miss sir madam bsn vnr tel
    """
)
"""Words that begin a sentence, months and days of the week, roles, and the heads of notes."""

PLACES = _words(
    """
    nederland nederlands nederlandse belgië belgie belgisch belgische vlaanderen vlaams vlaamse brussel brussels
    wallonië europa europese europees netherlands dutch belgium belgian flanders flemish europe european duitsland
    germany frankrijk france engeland england turkije turkey griekenland greece italië italy spanje spain polen
    poland syrië syrie syria syrisch syrische syrian afghanistan afghaans afghaanse afghan iran iraans irak iraq
    eritrea eritrees eritrese eritrean ethiopië ethiopia somalië somalia soedan sudan jemen yemen oekraïne ukraine
    oekraïens oekraïense ukrainian rusland russia libanon lebanon jordanië jordan palestina palestine gaza pakistan
    congo rwanda burundi bosnië bosnia kosovo arabisch arabic tigrinya dari pasjtoe pashto farsi engels english
    frans french duits german amsterdam rotterdam utrecht groningen leiden nijmegen tilburg eindhoven enschede
    maastricht arnhem zwolle almere breda delft haarlem amersfoort wageningen middelburg apeldoorn hague den haag
    leeuwarden assen ter apel budel gent ghent antwerpen antwerp leuven brugge bruges hasselt mechelen kortrijk
    oostende aalst luik liège namen namur genève geneve geneva bologna lissabon lisbon dublin schengen parijs paris
    londen london berlijn berlin wenen vienna rome oslo stockholm athene athens new york marrakesh budapest warschau
    warsaw praag prague kabul herat kandahar damascus aleppo homs idlib raqqa asmara addis abeba ababa mogadishu
    khartoem khartoum teheran tehran bagdad baghdad mosul kiev kyiv kyjiv charkiv kharkiv marioepol mariupol beiroet
    beirut istanbul ankara lesbos lampedusa srebrenica sarajevo vukovar kigali halabja tsjernobyl chernobyl grozny
    muur
    """
)
"""Countries, languages and towns. A name of one of these words alone is no person's."""

OF_AN_INSTITUTION = _words(
    """
    wet verdrag verklaring conventie protocol handvest richtlijn verordening decreet besluit akkoord regeling
    grondwet act treaty convention declaration charter directive regulation decree agreement constitution law
    statement pact universiteit university hogeschool college school academie academy faculteit faculty instituut
    institute opleiding stichting foundation vereniging association federatie federation fonds fund raad council
    commissie commission committee ministerie ministry dienst service bureau office agentschap agency gemeente
    municipality provincie centrum center centre kliniek clinic ziekenhuis hospital bibliotheek library rechtbank
    court unie union verenigde united naties nations rode rood kruis red cross netwerk network platform loket punt
    huis house stad city plein square straat street laan avenue weg road station campus project programma programme
    program traject conferentie conference congres congress summit top symposium seminar workshop festival week day
    open dag rapport toolkit gids guide handboek handbook
    """
)
"""Words that make the name of a law, a house, an occasion or a paper of all that stands with them."""

ENDINGS_OF_AN_INSTITUTION = (
    "wet", "verdrag", "verklaring", "conventie", "richtlijn", "regeling", "akkoord", "besluit", "universiteit",
    "school", "werk", "dienst", "centrum", "fonds", "stichting", "vereniging", "organisatie", "commissie", "bureau",
    "loket", "programma", "project", "traject", "cursus", "opleiding", "dag", "nacht", "week", "komst", "overleg",
    "vergadering", "gesprek", "training", "bezoek", "college", "conferentie", "congres", "toets", "plan", "beleid",
    "rapport", "formulier", "plein", "straat", "oorlog", "university",
)  # fmt: skip
"""Dutch writes such names in one word: Vluchtelingenverdrag, Bevrijdingsdag, startbijeenkomst."""

BEFORE_A_PLACE = _words("in te uit vanuit from at near richting rond into")
"""After these words a capital begins a place."""

PARTICLES = _words("van de der den ter ten te 't het von da dos del di la le al el bin ben ibn abu abd umm bint")
"""Small words in the middle of a name."""

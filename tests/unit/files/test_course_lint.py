"""The lint of the quizzes: what each rule finds, what it leaves alone, and how it is silenced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.files.markdown import Links, Renderer
from app.course.parts import QuestionBase
from app.course.questions.matching import Matching
from app.course.questions.multiple_response import MultipleResponse
from app.course.questions.ordering import Ordering
from app.course.questions.short_text import ShortText
from app.course.questions.single_choice import SingleChoice
from app.course.questions.true_false import TrueFalse
from app.course.rules.quiz_lint import RULES, Rule, Verdict, idle, verdicts_on

RULE = {rule.name: rule for rule in RULES}
WHY = "Only who asks gets to know it."
CONTEXT = {"inline": Renderer(Links()).inline}


def make(kind: type[QuestionBase], slug: str = "one", language: str = "en", **content: Any) -> QuestionBase:
    """Make a question as the loader does, with its texts rendered."""
    facts = {"slug": slug, "source": "s", "text": "What do you do?", "outcome": "more", "language": language}
    return kind.model_validate({**facts, **content}, context=CONTEXT)


def options(*texts: str, right: int = 0, why: str = WHY) -> list[dict[str, Any]]:
    """Give options to choose from; the one in place `right` is right."""
    return [
        {"slug": f"o{at}", "text": text, "explanation": why, "correct": at == right} for at, text in enumerate(texts)
    ]


def choice(slug: str = "one", text: str = "What do you do?", language: str = "en", **content: Any) -> QuestionBase:
    return make(SingleChoice, slug, language, text=text, options=options("You call.", "You wait."), **content)


def explained(option: str, explanation: str, language: str = "en") -> QuestionBase:
    """Make a question with one option that is explained so."""
    given_options = options("Something else.", option)
    given_options[1]["explanation"] = explanation
    return make(SingleChoice, language=language, options=given_options)


def found_by(name: str, *questions: QuestionBase) -> list[Verdict]:
    return list(verdicts_on(questions, RULE[name]))


# ---- explanations ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Yes",
        "Because of the rain",
        "Right.",
        "That is right.",
        "Asking comes first, then waiting",
        "Asking comes first:",
        "…",
        "A B C D",
    ],
)
def test_an_explanation_that_is_no_sentence_is_found(words: str) -> None:
    [verdict] = found_by("no-sentence", explained("You call.", words))
    assert verdict.where == ("options", "o1", "explanation")
    assert verdict.hoped == "a sentence: 4 words or more, and a full stop"


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("From the way and its height.", "en"),
        ("Who would you ask first?", "en"),
        ("She says: ‘Nobody ever asked me that.’", "en"),
        ("It costs time (and a little money).", "en"),
        ("Wait until she has **said it all.**", "en"),
        ("Dat weet je pas na …", "nl"),
        ("كل خط يدل على ارتفاع.", "ar"),
        ("هل سألت أحدا من قبل؟", "ar"),
        ("先问再等", "zh"),
    ],
)
def test_a_sentence_in_any_shape_or_language_is_none_too_few(words: str, language: str) -> None:
    assert found_by("no-sentence", explained("x", words, language)) == []


def test_whatever_explains_is_to_be_a_sentence_in_every_kind_of_question() -> None:
    target, pair = {"slug": "t", "text": "t"}, {"slug": "p", "text": "p", "target": "t", "explanation": "p"}
    typed = {"slug": "f", "forms": ["f"], "explanation": "f"}
    questions = [
        make(SingleChoice, "single", options=options("a", "b", why="no")),
        make(MultipleResponse, "multiple", options=options("a", "b", why="no")),
        make(TrueFalse, "statement", options=options("a", "b", why="no")),
        make(Ordering, "order", options=[{"slug": "a", "text": "a", "explanation": "no"}]),
        make(Matching, "pairs", targets=[target], pairs=[pair]),
        make(ShortText, "typed", options=[typed], otherwise="no"),
    ]
    places = [(verdict.questions[0], *verdict.where) for verdict in found_by("no-sentence", *questions)]
    chosen = [(name, "options", o, "explanation") for name in ("single", "multiple", "statement") for o in ("o0", "o1")]
    assert places == [
        *chosen,
        ("order", "options", "a", "explanation"),
        ("pairs", "pairs", "p", "explanation"),
        ("typed", "options", "f", "explanation"),
        ("typed", "otherwise"),
    ]


@pytest.mark.parametrize(
    ("option", "explanation", "language"),
    [
        ("You call him and ask what keeps him.", "You call him and ask what keeps him.", "en"),
        ("You call him and ask what keeps him.", "That is right: you **CALL** him, and ask what keeps him!", "en"),
        ("You call him and ask what keeps him.", "You call him up and ask what keeps him back.", "en"),
        ("You call him and ask what keeps him.", "You do not call him and ask what keeps him.", "en"),
        ("Je belt hem op en vraagt wat hem tegenhoudt.", "Je belt hem op en vraagt wat hem afhoudt.", "nl"),
        ("Een café in de buurt.", "Dat is inderdaad een cafe in de buurt.", "nl"),
        ("Je wacht af.", "Dat is fout: je wacht niet af.", "nl"),
        ("تسأل عما يمنعه من التقديم", "هذا صحيح، تسأل عما يمنعه من التقديم.", "ar"),
    ],
)
def test_an_explanation_that_only_repeats_its_option_is_found(option: str, explanation: str, language: str) -> None:
    [verdict] = found_by("repeats-option", explained(option, explanation, language))
    assert verdict.where == ("options", "o1", "explanation")


@pytest.mark.parametrize(
    ("option", "explanation", "language"),
    [
        ("2 km", "Two centimetres are one kilometre, so four are two.", "en"),
        ("where it runs along a line", "Along a line the height stays the same.", "en"),
        ("the path that goes up", "A path that goes up costs more time than one that is flat.", "en"),
        ("de weg meten", "Alleen een gekozen weg is te meten.", "nl"),
        ("een kans", "Een kans is het ook. Maar een kans kan iemand je geven of weigeren.", "nl"),
    ],
)
def test_an_explanation_that_takes_up_its_option_and_goes_on_is_left_alone(
    option: str, explanation: str, language: str
) -> None:
    assert found_by("repeats-option", explained(option, explanation, language)) == []


def test_a_pair_is_repeated_with_its_target_and_a_statement_by_its_own_words() -> None:
    why = "A steep path takes twenty minutes."
    pair = {"slug": "up", "text": "a steep path", "target": "twenty", "explanation": why}
    pairs = make(Matching, "pairs", targets=[{"slug": "twenty", "text": "takes twenty minutes"}], pairs=[pair])
    statement = make(TrueFalse, "said", text="North is always up.", options=options("True", "False"))
    repeated = statement.model_copy(
        update={"options": make(TrueFalse, options=options("True", "False", why="North is not always up.")).options}  # type: ignore[attr-defined]
    )
    assert [one.questions[0] for one in found_by("repeats-option", pairs, statement, repeated)] == [
        "pairs",
        *["said"] * 2,
    ]


# ---- all of the above, and questions turned around ------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("All of the above", "en"),
        ("None of the above.", "en"),
        ("None of the answers above is right", "en"),
        ("Both of these", "en"),
        ("Neither of the two", "en"),
        ("All answers are correct", "en"),
        ("A and B", "en"),
        ("Both A and C are right", "en"),
        ("Al het bovenstaande", "nl"),
        ("Alle bovenstaande antwoorden zijn goed.", "nl"),
        ("Geen van de bovenstaande", "nl"),
        ("**Geen** van beide", "nl"),
        ("Alles hierboven", "nl"),
        ("Alle antwoorden zijn juist", "nl"),
        ("Geen van deze antwoorden", "nl"),
        ("Zowel A als B", "nl"),
        ("كل ما سبق", "ar"),
        ("جميع ما ذُكر أعلاه", "ar"),
        ("لا شيء مما سبق", "ar"),
        ("جميع الإجابات صحيحة", "ar"),
    ],
)
def test_an_option_that_points_at_the_others_is_found(text: str, language: str) -> None:
    question = make(SingleChoice, language=language, options=options("Something.", text))
    [verdict] = found_by("all-of-the-above", question)
    assert verdict.where == ("options", "o1", "text")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("All of the students get the same letter.", "en"),
        ("None of the students wants to say it above all.", "nl"),
        ("You keep all options open.", "en"),
        ("Both parents are asked.", "en"),
        ("A and the people around her", "en"),
        ("Alle mogelijkheden op een rij zetten.", "nl"),
        ("Je zet alle antwoorden in een brief.", "nl"),
        ("Geen van de ouders bellen.", "nl"),
        ("Beide ouders bellen.", "nl"),
        ("كل الطلاب يحصلون على الرسالة", "ar"),
        ("All of the above", "fr"),
    ],
)
def test_an_option_that_says_all_of_something_else_is_left_alone(text: str, language: str) -> None:
    assert found_by("all-of-the-above", make(SingleChoice, language=language, options=options("x", text))) == []


@pytest.mark.parametrize(
    ("text", "word", "language"),
    [
        ("Which of these does not fit?", "not", "en"),
        ("A man waits for an answer. Which step is NOT yours?", "not", "en"),
        ("Which step doesn’t help?", "doesn’t", "en"),
        ("All of these help, except which?", "except", "en"),
        ("If somebody asks, what do you never say?", "never", "en"),
        ("Which part of that plan does not fit?", "not", "en"),
        ("Which does not fit Ali, but does fit Bea?", "not", "en"),
        ("A right does not depend on what is left over.", "not", "en"),
        ("Welke stap past niet?", "niet", "nl"),
        ("Iemand belt. Wat hoort hier niet bij: a, b of c?", "niet", "nl"),
        ("Als iemand belt, wat zeg je dan nooit?", "nooit", "nl"),
        ("Welke van die stappen helpt niemand?", "niemand", "nl"),
        ("Kies alles behalve de brief.", "behalve", "nl"),
        ("Welke student heeft geen recht op de regeling?", "geen", "nl"),
        ("أي خطوة لا تناسب الخطة؟", "لا", "ar"),
        ("كل ما يلي يفيد ما عدا واحدة. ما هي الخطوة غير المفيدة؟", "غير", "ar"),
    ],
)
def test_a_question_that_is_turned_around_without_emphasis_is_found(text: str, word: str, language: str) -> None:
    [verdict] = found_by("negative-stem", choice(text=text, language=language))
    assert verdict.where == ("text",)
    assert verdict.found == f"'{word}' in what is asked, without emphasis"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Which of these does **not** fit?", "en"),
        ("Which of these does *not* fit?", "en"),
        ("He does not call back. What do you do?", "en"),
        ("What do you do if he does not call back?", "en"),
        ("If nobody calls back, what do you do?", "en"),
        ("Whom do you help who has no money?", "en"),
        ("Why does waiting not help?", "en"),
        ("You answer: ‘That is not a favour, but a …’ Which word fits?", "en"),
        ("A place is not a favour, but a …", "en"),
        ("What helps not only her but the whole group?", "en"),
        ("Do you call, or not?", "en"),
        ('Somebody says: "I can\'t sleep." What do you ask?', "en"),
        ("What do you answer to ‘I don’t want help’?", "en"),
        ("Er is nog niets binnen. Wat doe je eerst?", "nl"),
        ("Wat doe je als iemand niet terugbelt?", "nl"),
        ("Welke steun past bij iemand die niet wil praten?", "nl"),
        ("Wat vraag je een man, die niet meer komt?", "nl"),
        ("Een man, die niet meer komt, belt je. Wat vraag je hem?", "nl"),
        ("Wat zeg je tegen een collega die zegt: ‘Daar ga ik niet over’?", "nl"),
        ("Waarom helpt wachten niet?", "nl"),
        ("Bel je haar, of niet?", "nl"),
        ("Wat helpt niet alleen haar?", "nl"),
        ("Een plek is geen gunst, maar een …", "nl"),
        ("Welk doel is zo nog **niet** in beeld?", "nl"),
        ("ماذا تفعل إذا لم يتصل؟", "ar"),
        ("أي خطوة **لا** تناسب الخطة؟", "ar"),
        ("لماذا لا يفيد الانتظار؟", "ar"),
        ("Welcher Schritt passt nicht?", "de"),
    ],
)
def test_a_negative_that_turns_no_question_around_is_left_alone(text: str, language: str) -> None:
    assert found_by("negative-stem", choice(text=text, language=language)) == []


# ---- the quiz as a whole -------------------------------------------------------------------------


def placed(rights: Sequence[int], size: int = 4, longest: Iterable[int] = ()) -> list[QuestionBase]:
    """Make questions of `size` options; the right ones stand in the places `rights`, some of them the longest."""
    long = set(longest)
    questions = []
    for at, right in enumerate(rights):
        texts = ["Wait."] * size
        texts[right] = "Wait and ask." if at in long else "Ask."
        questions.append(make(SingleChoice, f"q{at}", options=options(*texts, right=right)))
    return questions


@pytest.mark.parametrize(("count", "most"), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (7, 2), (8, 3), (10, 4)])
def test_the_right_option_is_the_longest_in_two_questions_of_five_at_most(count: int, most: int) -> None:
    rights = [0] * count
    assert found_by("right-is-longest", *placed(rights, longest=range(most))) == []
    if most < count:
        [verdict] = found_by("right-is-longest", *placed(rights, longest=range(most + 1)))
        assert verdict.questions == tuple(f"q{at}" for at in range(most + 1))
        assert verdict.found.startswith(f"the right option as the longest in {most + 1} of {count} questions (q0, q1")
        assert verdict.hoped == f"{most} at most"


def test_an_option_as_long_as_another_is_not_the_longest_and_markup_has_no_length() -> None:
    same = make(SingleChoice, "same", options=options("Ask me.", "**Ask** us."))
    marked = make(SingleChoice, "marked", options=options("[Ask](https://example.org/a/long/address).", "Wait."))
    assert found_by("right-is-longest", same, marked, same, marked) == []


def test_questions_without_one_right_option_among_several_have_no_longest_and_no_place() -> None:
    several = make(MultipleResponse, options=[{**one, "correct": True} for one in options("Ask her now.", "a", "b")])
    typed = make(ShortText, options=[{"slug": "a", "forms": ["a"], "explanation": WHY, "correct": True}], otherwise=WHY)
    statement = make(TrueFalse, options=options("That is so", "No", right=0))
    assert found_by("right-is-longest", *[statement] * 5) == []
    questions = [several, typed] * 5
    assert found_by("right-is-longest", *questions) == found_by("right-place", *questions) == []


@pytest.mark.parametrize(
    ("rights", "size"),
    [([0], 4), ([0, 1], 4), ([3, 1, 0], 4), ([0, 0, 1, 2], 4), ([0, 0, 1, 2, 3, 3], 4), ([0, 0], 2), ([1, 0, 0], 2)],
)
def test_places_that_differ_little_are_spread_evenly(rights: list[int], size: int) -> None:
    assert found_by("right-place", *placed(rights, size)) == []


@pytest.mark.parametrize(
    ("rights", "size"), [([2, 2], 4), ([0, 0, 1], 4), ([0, 1] * 4, 4), ([0, 0, 0, 1, 2, 3], 4), ([1, 1, 1], 2)]
)
def test_places_that_a_guesser_would_notice_are_found(rights: list[int], size: int) -> None:
    [verdict] = found_by("right-place", *placed(rights, size))
    assert verdict.questions == tuple(f"q{at}" for at in range(len(rights)))


def test_the_fault_of_the_places_says_what_they_hold_and_what_they_may() -> None:
    [verdict] = found_by("right-place", *placed([0, 1] * 4))
    assert verdict.found == "the right option 4, 4, 0 and 0 times in places 1 to 4"
    assert verdict.hoped == "1 to 3, 1 to 3, 1 to 3 and 1 to 3 times"


def test_statements_are_counted_apart_true_and_false() -> None:
    def statements(*rights: int) -> list[QuestionBase]:
        return [
            make(TrueFalse, f"t{at}", options=options("True", "False", right=right)) for at, right in enumerate(rights)
        ]

    assert found_by("right-place", *statements(0, 0), *placed([1, 2, 3])) == []
    assert found_by("right-place", *statements(0, 1, 1, 1, 0)) == []
    assert len(found_by("right-place", *statements(0, 0, 0), *placed([1]))) == 1


@given(st.lists(st.integers(min_value=2, max_value=5), min_size=1, max_size=12), st.data())
def test_an_author_can_always_spread_the_places_evenly(sizes: list[int], data: st.DataObject) -> None:
    """Whatever the numbers of options, one can move right options to emptier places until the rule is content."""
    rights = [data.draw(st.integers(min_value=0, max_value=size - 1)) for size in sizes]
    for _ in range(200):
        questions = [placed([right], size)[0] for right, size in zip(rights, sizes, strict=True)]
        if not found_by("right-place", *questions):
            return
        rights = _moved(rights, sizes)
    pytest.fail(f"{sizes} cannot be spread")


def _moved(rights: list[int], sizes: list[int]) -> list[int]:
    """Move one right option along the way (through other questions) from the fullest place to the emptiest."""
    over = [rights.count(p) - sum(1 / size for size in sizes if size > p) for p in range(max(sizes))]
    start = max(range(len(over)), key=over.__getitem__)
    ways: dict[int, list[tuple[int, int]]] = {start: []}
    queue = [start]
    for place in queue:
        for at, (right, size) in enumerate(zip(rights, sizes, strict=True)):
            for other in range(size) if right == place else ():
                if other not in ways:
                    ways[other] = [*ways[place], (at, other)]
                    queue.append(other)
    end = min(ways, key=over.__getitem__)
    moved = list(rights)
    for at, other in ways[end]:
        moved[at] = other
    return moved


# ---- outcomes, and what is allowed ----------------------------------------------------------------


def test_a_question_without_an_outcome_is_found() -> None:
    [verdict] = found_by("no-outcome", choice("linked"), choice("loose", outcome=None))
    assert verdict.questions == ("loose",)


BAD = {
    "repeats-option": lambda **more: explained("You call him now.", "You call him now.").model_copy(update=more),
    "right-is-longest": lambda **more: placed([0], longest=[0])[0].model_copy(update=more),
    "right-place": lambda **more: placed([0])[0].model_copy(update=more),
    "all-of-the-above": lambda **more: make(SingleChoice, options=options("a", "All of these")).model_copy(update=more),
    "negative-stem": lambda **more: choice(text="Which does not fit?").model_copy(update=more),
    "no-outcome": lambda **more: choice(outcome=None).model_copy(update=more),
    "no-sentence": lambda **more: explained("You call.", "Yes").model_copy(update=more),
}
"""A question that its rule has something to say of, three together if it looks at the quiz."""


def everything_on(questions: Sequence[QuestionBase]) -> set[tuple[str, Verdict]]:
    return {(rule.name, verdict) for rule in RULES for verdict in verdicts_on(questions, rule)}


def some_bad_questions(names: Sequence[str]) -> list[QuestionBase]:
    return [BAD[name](slug=f"q{at}") for at, name in enumerate(names)]


def test_there_is_a_bad_question_for_every_rule() -> None:
    assert list(BAD) == [rule.name for rule in RULES]
    for name in BAD:
        assert found_by(name, *some_bad_questions([name] * 3)), name


@given(st.lists(st.sampled_from(sorted(BAD)), min_size=1, max_size=8), st.sampled_from(RULES), st.data())
def test_an_allowed_rule_is_silent_on_its_question_and_nothing_else_is(
    names: list[str], rule: Rule, data: st.DataObject
) -> None:
    questions = some_bad_questions(names)
    at = data.draw(st.integers(min_value=0, max_value=len(names) - 1))
    silenced = list(questions)
    silenced[at] = silenced[at].model_copy(update={"allow": {rule.name: "A reason."}})
    before, after = everything_on(questions), everything_on(silenced)
    assert {one for one in before if one[0] != rule.name} == {one for one in after if one[0] != rule.name}
    assert not any(f"q{at}" in verdict.questions for name, verdict in after if name == rule.name)
    of_others = {(n, v) for n, v in before if n == rule.name and v.where and v.questions != (f"q{at}",)}
    assert of_others <= after


@given(st.lists(st.sampled_from(sorted(BAD)), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_questions_changes_no_verdict(names: list[str], random: Any) -> None:
    questions = some_bad_questions(names)
    shuffled = random.sample(questions, len(questions))

    def unordered(found: set[tuple[str, Verdict]]) -> set[tuple[str, frozenset[str], tuple[str, ...]]]:
        return {(name, frozenset(one.questions), one.where) for name, one in found}

    assert unordered(everything_on(questions)) == unordered(everything_on(shuffled))


@given(st.lists(st.sampled_from(sorted(BAD)), min_size=1, max_size=6), st.sampled_from(RULES))
def test_an_allowed_rule_is_idle_exactly_where_it_would_have_said_nothing(names: list[str], rule: Rule) -> None:
    questions = [one.model_copy(update={"allow": {rule.name: "A reason."}}) for one in some_bad_questions(names)]
    named = {slug for verdict in rule.look(questions) for slug in verdict.questions}
    assert set(idle([questions], rule)) == {question.slug for question in questions} - named


def test_a_rule_that_is_allowed_for_one_language_is_not_idle() -> None:
    allow = {"negative-stem": "The law says it so."}
    source = choice(text="Which fits?", allow=allow)
    translation = choice(text="Wat past niet?", language="nl", allow=allow)
    assert list(idle([[source], [translation]], RULE["negative-stem"])) == []
    assert list(idle([[source]], RULE["negative-stem"])) == ["one"]


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["nl", "en", "ar", "nl-BE", "zh", "xx"]))
def test_no_text_makes_the_lint_stumble(text: str, explanation: str, language: str) -> None:
    question = explained(text, explanation, language).model_copy(update={"text": choice(text=text).text})
    assert all(verdict.found and verdict.hoped for _, verdict in everything_on([question]))

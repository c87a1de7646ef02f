"""The nineteen questions: each with the answer of the day, what to know beside it, and sources."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IDS = [
    *("algorithm-practice", "gold-platinum", "how-much-math"),
    *("ai-engineer-skills", "startup-pay", "without-a-degree"),
    *("videos-about-books", "papers-without-code"),
    *("frameworks", "video-recognition", "autoencoder-uses", "autoregressive-models"),
    *("gan-metrics", "pix2pix-condition", "singan-start", "singan-objects-or-resolution"),
    *("stylegan-domains", "stylegan-style-order", "stylegan-freezing"),
]
BOX = {"ko": '!!! lecture "그날의 답"', "en": '!!! lecture "The answer on the day"'}
AROUND = {"ko": ("**먼저 읽기** ", "**다음 읽기** "), "en": ("**Read before** ", "**Read next** ")}

QUESTION = re.compile(r"^#{2,3} .*\{ #([a-z0-9-]+) \.faq \}$", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)
ID = re.compile(r"#([a-z0-9-]+)(?: [^{}]*)?\}")
LINK = re.compile(r"\]\(([^)\s]+)\)")
AROUND_LINE = re.compile(r"^(.+)\n\{ \.around \}$", re.MULTILINE)
QUIZ = re.compile(r'^!!! quiz "(?P<question>[^\n]+)"\n(?P<body>(?:\n|    .*\n?)+)', re.MULTILINE)
OPTION = re.compile(r"^    (\d+)\. (.+)$", re.MULTILINE)
RIGHT = re.compile(
    r'^    \?\?\? answer "(?:정답: (\d+)번|Answer: (\d+))"\n\n        \S', re.MULTILINE
)


def pages(language: str) -> dict[str, str]:
    """The Markdown of all pages of a language by their names below `docs/ko` or `docs/en`."""
    docs = ROOT / "docs" / language
    return {
        path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(docs.rglob("*.md"))
        if "_generated" not in path.parts
    }


def having(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """The language and name of each page that matches."""
    return [
        (language, name)
        for language in ("ko", "en")
        for name, text in pages(language).items()
        if pattern.search(text)
    ]


def question(language: str, name: str) -> tuple[str, str]:
    """The answer to a question up to the next heading, and what is to be known beside it."""
    (text,) = [t for t in pages(language).values() if name in QUESTION.findall(t)]
    after = text.split(f"{{ #{name} .faq }}")[1]
    know = after.split(f"{{ #{name}-know }}")
    assert len(know) == 2, f"{name} has no section #{name}-know"
    return HEADING.split(after, maxsplit=1)[0], HEADING.split(know[1], maxsplit=1)[0]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_question_is_asked_once(language):
    asked = [name for text in pages(language).values() for name in QUESTION.findall(text)]
    assert sorted(asked) == sorted(IDS)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_old_addresses_of_the_questions_still_lead_to_them(language):
    index = pages(language)["answers/index.md"]
    links = dict(re.findall(r"\]\([\w-]+\.md#([a-z0-9-]+)\)\{ #([a-z0-9-]+) \}", index))
    assert links == {name: name for name in IDS}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", IDS)
def test_a_question_has_its_answer_and_what_to_know_with_a_source(language, name):
    answer, know = question(language, name)
    assert f"{BOX[language]}\n\n    " in answer
    assert re.search(r"\[\^[\w-]+\]|\]\(https?://", know), "there is no source"


def quizzes(language: str, name: str) -> list[re.Match[str]]:
    return list(QUIZ.finditer(pages(language)[name]))


@pytest.mark.parametrize(("language", "name"), having(re.compile(r"^!!! quiz", re.MULTILINE)))
def test_a_self_test_has_options_and_one_of_them_is_right(language, name):
    found = quizzes(language, name)
    assert len(found) == pages(language)[name].count("!!! quiz")
    assert len({quiz["question"] for quiz in found}) == len(found), "progress is kept by question"
    for quiz in found:
        options = OPTION.findall(quiz["body"])
        assert [number for number, _ in options] == [str(n + 1) for n in range(len(options))]
        assert len(options) >= 2
        # Options become buttons, and a button cannot hold a link.
        assert not any("](" in text for _, text in options)
        (right,) = RIGHT.findall(quiz["body"])
        assert 1 <= int("".join(right)) <= len(options), quiz["question"]


@pytest.mark.parametrize(
    "name", [n for code, n in having(re.compile("^!!! quiz", re.M)) if code == "ko"]
)
def test_both_languages_ask_the_same(name):
    def answers(language: str) -> list[tuple[str, int]]:
        return [
            ("".join(*RIGHT.findall(quiz["body"])), len(OPTION.findall(quiz["body"])))
            for quiz in quizzes(language, name)
        ]

    assert answers("ko") == answers("en")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_topic_of_the_answers_ends_in_a_self_test(language):
    for name in {n for n in pages(language) if n.startswith("answers/")} - {"answers/index.md"}:
        assert "{ #self-test }" in pages(language)[name], name
        assert quizzes(language, name), name


@pytest.mark.parametrize("language", ["ko", "en"])
def test_answers_and_guides_say_what_to_read_before_and_after(language):
    for name, text in pages(language).items():
        if name.startswith(("answers/", "guides/")) and name != "answers/index.md":
            (line,) = AROUND_LINE.findall(text)
            assert all(word in line for word in AROUND[language]), name


@pytest.mark.parametrize(("language", "name"), having(AROUND_LINE))
def test_what_to_read_before_and_after_exists(language, name):
    every = pages(language)
    folder = Path(name).parent
    for link in LINK.findall("\n".join(AROUND_LINE.findall(every[name]))):
        path, _, anchor = link.partition("#")
        target = (ROOT / "docs" / language / folder / path).resolve()
        assert target.is_file(), link
        if anchor and target.suffix == ".md":
            assert anchor in ID.findall(target.read_text(encoding="utf-8")), link

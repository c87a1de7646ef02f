"""The nineteen questions: on each page the answer of the day, today's line and what shows it.

And the notes that they come from, line by line.
"""

import re
from pathlib import Path

import pytest

from gan_minimal import claims
from tests.pages.helpers import says, values

ROOT = Path(__file__).parents[2]
IDS = [
    *("algorithm-practice", "gold-platinum", "how-much-math"),
    *("ai-engineer-skills", "startup-pay", "without-a-degree"),
    *("videos-about-books", "papers-without-code"),
    *("frameworks", "video-recognition", "autoencoder-uses", "autoregressive-models"),
    *("gan-metrics", "pix2pix-condition", "singan-start", "singan-objects-or-resolution"),
    *("stylegan-domains", "stylegan-style-order", "stylegan-freezing"),
]
BOX = {"ko": "그날의 답", "en": "The answer on the day"}
TODAY = {"ko": r"오늘 한 줄 · 20\d\d-\d\d-\d\d", "en": r"Today in one line · 20\d\d-\d\d-\d\d"}
AROUND = {"ko": ("**먼저 읽기** ", "**다음 읽기** "), "en": ("**Read before** ", "**Read next** ")}
ON = {"ko": "**이어 읽기** ", "en": "**Read on** "}
# Questions that nothing can be computed for.
WITHOUT_CODE = {"ai-engineer-skills", "startup-pay", "videos-about-books"}
NOTES = (ROOT / "docs/assets/notes.txt").read_text(encoding="utf-8").splitlines()

QUESTION = re.compile(r"^#{1,3} .*\{ #([a-z0-9-]+) \.faq \}$", re.MULTILINE)
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


def boxed(text: str, title: str) -> str:
    """What stands in the box with a title that matches, without its indentation."""
    (body,) = re.findall(rf'^!!! \w+ "{title}"\n\n((?:    .*\n|\n)+)', text, re.MULTILINE)
    return re.sub(r"^    ", "", body, flags=re.MULTILINE).strip()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_question_has_a_page_of_its_own(language):
    asked = {n: QUESTION.findall(text) for n, text in pages(language).items()}
    assert {name: found for name, found in asked.items() if found} == {
        f"answers/{name}.md": [name] for name in IDS
    }


@pytest.mark.parametrize("language", ["ko", "en"])
def test_old_addresses_of_the_questions_still_lead_to_them(language):
    index = pages(language)["answers/index.md"]
    links = dict(re.findall(r"\]\(([\w-]+)\.md\)\{ #([a-z0-9-]+) \}", index))
    assert links == {name: name for name in IDS}


@pytest.mark.parametrize("name", IDS)
def test_question_and_answer_of_the_day_are_the_words_of_the_notes(name):
    page = pages("ko")[f"answers/{name}.md"]
    (asked,) = re.findall(r"^> (.+)$", page, re.MULTILINE)

    start = [line.strip() for line in NOTES].index(f"- {asked}")
    answered = []
    for line in NOTES[start + 1 :]:
        if not line.startswith("    - "):
            break
        answered.append(line.strip())
    assert boxed(page, BOX["ko"]).split("\n") == answered
    english = pages("en")[f"answers/{name}.md"]
    assert len(boxed(english, BOX["en"]).split("\n")) == len(answered)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_guides_give_the_answer_of_the_day_in_the_same_words(language):
    every = pages(language)
    answers = [boxed(every[f"answers/{name}.md"], BOX[language]).split("\n") for name in IDS]
    box = re.compile(rf'^!!! lecture "{BOX[language]}"\n\n((?:    .+\n)+)', re.MULTILINE)
    found = [
        said for name in every if name.startswith("guides/") for said in box.findall(every[name])
    ]

    assert found
    for said in found:
        lines = [line.strip() for line in said.splitlines()]
        left = [line for answer in answers if answer[0] in lines for line in answer]
        assert sorted(lines) == sorted(left)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_index_shows_how_the_answer_of_the_day_begins(language):
    index = pages(language)["answers/index.md"]
    first = dict(re.findall(r"\]\([\w-]+\.md\)\{ #([a-z0-9-]+) \}\n:   (.+)$", index, re.MULTILINE))
    for name in IDS:
        lines = boxed(pages(language)[f"answers/{name}.md"], BOX[language]).split("\n")
        said = [line.removeprefix("- ") for line in lines]
        assert first[name] in (said[0], " · ".join(said[:2])), name


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", IDS)
def test_a_page_says_what_holds_today_with_a_source_and_shows_it(language, name):
    page = pages(language)[f"answers/{name}.md"]

    today = boxed(page, TODAY[language])
    assert re.search(r"\[\^[\w-]+\]|\]\(https?://", today), "today's line has no source"
    assert "\n\n" not in today, "today's line is one paragraph"
    order = [page.index(part) for part in (" .faq }", "{ .asked }", "!!! lecture", "!!! today")]
    assert order == sorted(order)
    for part in ("{ #measured }", "{ #self-test }", f"{{ #{name}-know }}", ON[language]):
        assert part in page, part
    measured = page.split("{ #measured }")[1].split("\n## ")[0]
    assert re.search(r"!\[[^\]]{10,}\]\(|_diagrams/\w", measured), "there is no picture"
    assert quizzes(language, f"answers/{name}.md")
    code = page.split(f"{{ #{name}-code }}")
    assert (len(code) == 2) is (name not in WITHOUT_CODE)


def test_the_code_of_an_answer_is_shorter_than_sixty_lines():
    """The files that readers download with it count as well: `compare.py` and `game.py`."""
    every = "".join(pages("ko")[f"answers/{name}.md"] for name in IDS)
    used = set(re.findall(r"snippets/[a-z_/]+\.py", every))

    assert len(used) > 20
    assert [p for p in used if len((ROOT / p).read_text("utf-8").splitlines()) >= 60] == []


@pytest.mark.parametrize("name", IDS)
def test_a_page_that_leads_to_a_measurement_folds_its_record(name):
    page = pages("ko")[f"answers/{name}.md"]

    linked = set(re.findall(r"claims/[a-z-]+\.md#([a-z0-9-]+)", page.split("{ #self-test }")[0]))
    folded = set(re.findall(r"_generated/claim-([a-z0-9-]+)\.md", page))
    assert linked <= folded <= set(claims.names())


def test_stylegan_comes_closer_to_hangul_though_pixels_vary_less_in_faces():
    says(
        "answers/stylegan-domains",
        ko="얼굴에서 픽셀이 덜 변하는데도, 바닥값에 비하면 한글에 더 가까이 갔다",
        en="Though pixels vary less in faces, they came closer to Hangul as counted by the floor",
    )
    found = values("stylegan-not-only-faces")
    assert max(found["hangul"]) < min(found["faces"])
    assert max(found["faces_varies"]) < min(found["hangul_varies"])


def test_the_middle_styles_change_the_picture_most():
    says(
        "answers/stylegan-style-order",
        ko="16픽셀의 얼굴에서는 8×8의 스타일이 그림을 가장 많이 바꾸었다",
        en="In faces of 16 pixels the styles at 8×8 changed the picture most",
    )
    found = values("stylegan-early-layers")
    changes = (found[which] for which in ("coarse", "middle", "fine"))
    assert all(middle > max(coarse, fine) for coarse, middle, fine in zip(*changes, strict=True))


def test_freezing_helped_for_the_brush_and_depended_on_the_seed_for_maps():
    says(
        "answers/stylegan-freezing",
        ko="붓글씨에서는 이로웠고, 라벨 지도에서는 시드에 따라 갈렸다",
        en="it helped for the brush, and for label maps it went one way or the other with the seed",
    )
    found = values("freeze-transfer")
    brush = zip(found["hangul_frozen"], found["hangul_full"], strict=True)
    maps = zip(found["maps_frozen"], found["maps_full"], strict=True)
    assert all(frozen < full for frozen, full in brush)
    assert {frozen < full for frozen, full in maps} == {True, False}


# What pages say of snippets; that the snippets show it is held by tests/snippets.
SHOWN = [
    (
        "algorithm-practice",
        "큰 동전부터 쓰는 방법은 동전에 따라 틀린다",
        "taking the largest coin first is wrong for some coins",
    ),
    (
        "gold-platinum",
        "골드 3은 아무리 많이 풀어도 그것만으로는 플래티넘 5에 이르지 못한다. "
        "골드 1은 이백 문제가 되기 전에 이른다",
        "Gold 3 problems alone never reach platinum 5, however many; "
        "of gold 1, fewer than two hundred do",
    ),
    (
        "how-much-math",
        "모두 맞았고, 일부러 기호 하나를 틀린 식은 바로 드러났다",
        "all agreed, and a formula with one symbol wrong on purpose was caught at once",
    ),
    (
        "papers-without-code",
        "그대로 쌓은 네트워크의 수가 하나까지 같다",
        "those of the network built from it agree to the last one",
    ),
    (
        "without-a-degree",
        "'손실이 줄어든다'는 확인은 그 가운데 하나만 잡았다. PyTorch의 Adam과 같은지 보아도 하나가 "
        "남았고, 그 하나는 손으로 계산한 극단의 한 걸음이 잡았다",
        "That the loss falls gave away only one of the five. Being the same as PyTorch's Adam "
        "still missed one, and a single extreme step worked out by hand caught that",
    ),
    (
        "frameworks",
        "손실이 소수점 셋째 자리까지 같았다. 코드는 프레임워크 없이 쓴 것이 가장 짧았다",
        "the losses agreed to the third decimal place. "
        "The shortest code was the one without a framework",
    ),
    (
        "frameworks",
        "평범한 backward()의 절반도 되지 않았고 기울기는 같았다",
        "took less than half the work of a plain backward(), with the same gradients",
    ),
    (
        "video-recognition",
        "프레임마다 본 것의 평균으로도 맞히지 못했고, 3차원 합성곱과 LSTM은 맞혔다",
        "neither from one frame nor from an average over what each frame shows; "
        "3-D convolution and LSTM told it",
    ),
    (
        "autoencoder-uses",
        "절반만 밝은 원판은 정상만큼 잘 재구성해 하나도 잡지 못했다",
        "discs half as bright it reconstructed as well as what is normal, and caught none",
    ),
    (
        "autoencoder-uses",
        "재구성 오차로 모두 잡았지만, 방어를 아는 공격은 셋에 하나 넘게 빠져나갔다",
        "Every picture that fooled a classifier was caught by its error, but of those by an "
        "attacker who knows of the defence, more than one in three got through",
    ),
    (
        "autoregressive-models",
        "배우기 전이나 뒤나 합이 1이었고, 손실은 낼 수 있는 가장 작은 값까지 내려갔다",
        "they came to 1 before and after training, and the loss fell to the least possible",
    ),
    (
        "gan-metrics",
        "종류를 둘 잃으면 정밀도는 그대로이고 재현율만 떨어졌고, "
        "스무 장을 외워 되풀이한 모음은 재현율에서 드러났다",
        "When two kinds of picture were lost, precision stayed and recall fell, and a set that "
        "repeats twenty memorised pictures was given away by its recall",
    ),
]


@pytest.mark.parametrize(("page", "ko", "en"), SHOWN)
def test_pages_say_what_their_snippets_show(page, ko, en):
    says(f"answers/{page}", ko=ko, en=en)


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
def test_guides_say_what_to_read_before_and_after(language):
    for name, text in pages(language).items():
        if name.startswith("guides/"):
            (line,) = AROUND_LINE.findall(text)
            assert all(word in line for word in AROUND[language]), name


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_notes_stand_on_a_page_as_they_were_taken(language):
    page = pages(language)["notes.md"]

    shown = re.findall(r"^\*\*(\d+)\*\* `(.+)`\n:   (.+)$", page, re.MULTILINE)
    assert [(int(number), line) for number, line, _ in shown] == [
        (number, line.strip()) for number, line in enumerate(NOTES, 1) if line.strip()
    ]
    assert all(re.search(r"\]\([\w/-]+\.md(#[\w-]+)?\)", became) for _, _, became in shown)


def test_the_ladder_of_tiers_shows_what_the_snippet_computes():
    names: dict = {}
    source = (ROOT / "snippets/ac_rating.py").read_text(encoding="utf-8")
    exec(source.split("print(")[0], names)

    for language in ("ko", "en"):
        drawn = (ROOT / f"docs/{language}/_diagrams/tiers.svg").read_text(encoding="utf-8")
        for level in (13, 14, 15, 16):
            assert f">{names['rating']([level] * 100):,}<" in drawn
    assert [names["tier"](names["rating"]([level] * 100)) for level in (13, 14, 15, 16)] == [
        "gold 2",
        "gold 1",
        "gold 1",
        "platinum 5",
    ]


@pytest.mark.parametrize(
    ("diagram", "line"),
    [("probes", r"^  from layer \d +(.+)$"), ("check", r"^  (?:by|with) [a-z ]+ (\d\.\d+)$")],
)
def test_diagrams_of_what_snippets_print_show_their_numbers(diagram, line):
    snippet = {"probes": "linear_probes", "check": "derive_and_check"}[diagram]
    output = (ROOT / f"docs/assets/snippets/{snippet}.txt").read_text(encoding="utf-8")
    printed = [re.findall(r"\d[\d.]*", row) for row in re.findall(line, output, re.MULTILINE)]
    assert len(printed) == 4

    for language in ("ko", "en"):
        drawn = (ROOT / f"docs/{language}/_diagrams/{diagram}.svg").read_text(encoding="utf-8")
        described = re.findall(r"\d[\d.]*\d", drawn.split("<desc")[1].split("</desc>")[0])
        assert described == [row[k] for k in range(len(printed[0])) for row in printed]


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

"""The interview page has a question for each model of the lecture, with three graded answers."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
GRADES = {"ko": ["부족", "보통", "좋음"], "en": ["Poor", "Fair", "Good"]}
QUESTION = re.compile(
    r"^### .+ \{ #([a-z0-9-]+) \}\n\n(?P<asked>.+\?)\n\n"
    r'\?\?\? answer ".+"\n\n(?P<answers>(?:    .*\n|\n)+)',
    re.MULTILINE,
)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_model_has_a_question_and_its_answers_are_graded(language):
    page = (DOCS / language / "guides/interview.md").read_text(encoding="utf-8")
    models = {path.stem for path in (DOCS / language / "models").glob("*.md")} - {"index"}

    questions = list(QUESTION.finditer(page))
    assert sorted(q[1] for q in questions) == sorted(name.replace("_", "-") for name in models)
    for question in questions:
        graded = re.findall(r"^    - \*\*(.+?)\*\*: .{6,}$", question["answers"], re.MULTILINE)
        assert graded == GRADES[language]
        assert f"(../models/{question[1].replace('-', '_')}.md)" in question["answers"]

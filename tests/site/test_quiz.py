"""Self-tests: right or wrong is said in words, and progress stays in the reader's browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PATH = "answers/gan-metrics/"
# What one says to the reader, in Korean and in English.
WORDS = {
    "": ("맞았다.", "틀렸다. 정답은 {}번이다.", "{all}문제 중 {right}문제를 맞혔다.", "다시 풀기"),
    "en/": ("Correct.", "Wrong. The answer is {}.", "{right} of {all} correct.", "Start again"),
}


def right(quiz) -> int:
    """The number of the right option, from the folded answer."""
    return int("".join(filter(str.isdigit, quiz.locator("summary").text_content())))


def choose(page: Page, number: int, rightly: bool) -> None:
    """Choose an option of a self-test."""
    quiz = page.locator(".quiz").nth(number)
    options = quiz.locator("li button")
    options.nth(right(quiz) - 1 if rightly else right(quiz) % options.count()).click()


@pytest.mark.parametrize("language", ["", "en/"])
def test_the_page_says_what_is_right_counts_and_remembers(page, language):
    correct, wrong, score, again = WORDS[language]
    page.goto(language + PATH)
    quizzes = page.locator(".quiz")
    every = quizzes.count()
    expect(page.get_by_role("button", name=again)).to_be_hidden()
    expect(quizzes.nth(0).locator("summary")).to_be_hidden()  # it names the answer

    choose(page, 0, rightly=True)
    choose(page, 1, rightly=False)

    expect(quizzes.nth(0).get_by_role("status")).to_have_text(correct)
    expect(quizzes.nth(1).get_by_role("status")).to_have_text(wrong.format(right(quizzes.nth(1))))
    expect(quizzes.nth(1).locator("details")).to_have_attribute("open", "")
    expect(quizzes.nth(1).locator("summary")).to_be_visible()
    expect(quizzes.nth(1).locator("[aria-pressed=true]")).to_have_count(1)
    expect(page.locator(".quiz-score")).to_have_text(score.format(all=every, right=1))

    quizzes.nth(1).locator("li button.right").dispatch_event("click")  # the first choice counts
    page.reload()
    expect(page.locator(".quiz-score")).to_have_text(score.format(all=every, right=1))
    expect(quizzes.nth(1).get_by_role("status")).to_have_text(wrong.format(right(quizzes.nth(1))))

    page.get_by_role("button", name=again).click()
    expect(page.locator(".quiz-score")).to_have_text("")
    expect(page.locator(".quiz details[open], .quiz [aria-pressed=true]")).to_have_count(0)
    expect(quizzes.nth(0).locator("li button").first).to_be_focused()


def test_it_works_with_the_keyboard_after_instant_navigation(page):
    page.goto("answers/")
    page.evaluate("window.sameDocument = true")
    page.locator("article a[href*='gan-metrics/']").first.click()
    page.wait_for_url(f"**/{PATH}**")
    first = page.locator(".quiz").first
    first.locator("li button").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("window.sameDocument"), "the page was loaded anew"
    expect(first.locator("li button").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(first.get_by_role("status")).not_to_have_text("")


def test_progress_belongs_to_a_page_and_nothing_leaves_the_browser(page, address):
    page.goto(PATH, wait_until="networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request))
    choose(page, 0, rightly=True)
    expect(page.locator(".quiz-score")).not_to_have_text("")
    assert {request.method for request in asked} <= {"GET"}  # the theme may still be loading
    assert [request.url for request in asked if not request.url.startswith(address)] == []

    page.goto("en/" + PATH)
    expect(page.locator(".quiz li button").first).to_be_visible()
    expect(page.locator(".quiz-score")).to_have_text("")


@pytest.mark.parametrize(
    "storage",
    [
        "Storage.prototype.getItem = Storage.prototype.setItem = () => { throw Error('full') }",
        "localStorage.setItem('quiz:/answers/gan-metrics/', '{oops')",
    ],
    ids=["blocked", "spoilt"],
)
def test_without_storage_it_works_until_the_page_is_left(page, storage):
    page.add_init_script(storage)
    page.goto(PATH)
    choose(page, 0, rightly=True)
    expect(page.locator(".quiz").first.get_by_role("status")).to_have_text(WORDS[""][0])


def test_without_scripts_it_is_a_list_with_a_folded_answer(new_context, address):
    page = new_context(base_url=address, java_script_enabled=False).new_page()
    page.goto(PATH)
    quiz = page.locator(".quiz").first
    expect(quiz.locator("li").first).to_be_visible()
    expect(quiz.locator("button")).to_have_count(0)
    expect(quiz.locator("details > p").first).to_be_hidden()
    quiz.locator("summary").click()
    expect(quiz.locator("details > p").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_self_test_that_is_under_way(new_context, address, scheme):
    page = new_context(base_url=address, color_scheme=scheme).new_page()
    page.goto(PATH)
    choose(page, 0, rightly=True)
    choose(page, 1, rightly=False)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], v["nodes"][0]["target"]) for v in found] == []

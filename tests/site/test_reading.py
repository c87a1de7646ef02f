"""What a reader does: change the language, search, copy, turn the light off."""

import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hooks.files import downloads
from hooks.links import inside
from hooks.notebooks import with_installation


def path_of(page, address: str) -> str:
    return page.url.removeprefix(address)


def fetched(page, path: str) -> str:
    """What the site serves at a path, as text."""
    page.goto("404.html")
    return page.evaluate("path => fetch('/' + path).then(answer => answer.text())", path)


@pytest.mark.parametrize(
    ("start", "end"),
    [("lecture/#dcgan", "en/lecture/#dcgan"), ("en/lecture/#dcgan", "lecture/#dcgan")],
)
def test_the_language_link_keeps_the_page_and_the_place(page, address, start, end):
    page.goto(start)
    page.click("a[data-language]")
    page.wait_for_url(address + end)
    expect(page.locator("html")).to_have_attribute("lang", "en" if "en/" in end else "ko")


@pytest.mark.parametrize(("prefix", "other"), [("", "en/"), ("en/", "")])
def test_it_does_so_after_instant_navigation(page, address, prefix, other):
    page.goto(prefix, wait_until="networkidle")  # it waits for the site map to come
    page.evaluate("window.sameDocument = true")
    page.click(".md-tabs__link >> nth=0")
    page.wait_for_url(f"{address}{prefix}lecture/")
    expect(page.locator("article h1")).to_have_attribute("id", "lecture")
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"
    page.click(".md-sidebar--secondary a[href$='#dcgan']")
    page.click("a[data-language]")
    page.wait_for_url(f"{address}{other}lecture/#dcgan")


def test_the_styles_of_the_api_are_loaded_where_it_is_also_without_loading_a_page_anew(page):
    styles = page.locator("head link[href$='_mkdocstrings.css']")
    page.goto("en/snippets/", wait_until="networkidle")
    page.evaluate("window.sameDocument = true")
    expect(styles).to_have_count(0)
    page.locator(".md-sidebar--primary a[href$='/api/']").first.click()
    expect(page.locator("h1")).to_have_attribute("id", "api")
    expect(styles).to_have_count(1)
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"


def test_without_scripts_the_language_link_leads_to_the_same_page(new_context, address):
    page = new_context(base_url=address, java_script_enabled=False).new_page()
    page.goto("models/dcgan/")
    page.click("a[data-language]")
    assert path_of(page, address) == "en/models/dcgan/"
    page.click("a[data-language]")
    assert path_of(page, address) == "models/dcgan/"


@pytest.mark.parametrize("path", ["models/dcgan/", "en/models/dcgan/", "", "en/"])
def test_the_head_names_both_languages(page, address, path):
    page.goto(path)
    links = page.eval_on_selector_all(
        "link[hreflang]", "all => Object.fromEntries(all.map(l => [l.hreflang, l.href]))"
    )
    own = path.removeprefix("en/")
    assert links == {"ko": address + own, "en": f"{address}en/{own}"}


def test_the_search_index_is_fetched_when_it_is_needed(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("lecture/", wait_until="networkidle")
    assert not any("search_index" in url for url in asked)
    with page.expect_response("**/search_index.json"):
        page.click("input[name=query]")


@pytest.mark.parametrize("path", ["", "en/"])
def test_code_can_be_copied(new_context, address, path):
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + path)
    block = page.locator(".highlight", has_text="import gan_minimal")
    block.hover()
    block.locator("button").click()
    expect(page.locator(".md-dialog")).to_be_visible()  # it says that the code was copied
    assert page.evaluate("navigator.clipboard.readText()").startswith("import gan_minimal\n")


def background(page) -> str:
    return page.evaluate("getComputedStyle(document.querySelector('.md-main')).backgroundColor")


def test_the_light_can_be_turned_off_and_stays_off_in_both_languages(page):
    page.goto("")
    assert background(page) == "rgb(251, 250, 247)"
    page.locator("form[data-md-component=palette] label:not([hidden])").click()
    assert background(page) == "rgb(20, 22, 31)"
    page.goto("en/lecture/")
    assert background(page) == "rgb(20, 22, 31)"


def test_a_reader_who_prefers_dark_gets_dark(new_context, address):
    page = new_context(color_scheme="dark").new_page()
    page.goto(address)
    assert background(page) == "rgb(20, 22, 31)"


def test_the_source_of_a_page_can_be_downloaded(page, root):
    page.goto("models/dcgan/")
    shown = page.inner_text(".colophon code")
    with page.expect_download() as download:
        page.click(".colophon a[download]")
    assert Path(download.value.path()).read_bytes() == (root / shown).read_bytes()


@pytest.mark.parametrize("language", ["", "en/"])
def test_a_notebook_and_the_package_that_it_needs_can_be_downloaded(page, root, address, language):
    page.goto(f"{language}notebooks/dcgan-latent-space/")
    assert page.locator(".around a[href^='https://colab.']").is_visible()
    found = []
    for ending in ("ipynb", "whl"):
        with page.expect_download() as download:
            page.click(f".around a[href$='{ending}']")
        found.append(Path(download.value.path()).read_bytes())

    notebook, wheel = json.loads(found[0]), download.value.suggested_filename
    shown = root / "docs" / (language or "ko") / "notebooks/dcgan-latent-space.ipynb"
    text = shown.read_text(encoding="utf-8").replace("](../../", f"]({address}{language}")
    expected = json.loads(text)
    assert notebook == with_installation(expected, f"{address}code/{wheel}")
    with zipfile.ZipFile(io.BytesIO(found[1])) as archive:
        assert "gan_minimal/zoo/dcgan.safetensors" in archive.namelist()


def test_the_code_of_a_model_can_be_downloaded(page, root):
    for language in ("", "en/"):
        served = fetched(page, f"{language}code/models/dcgan.py")
        assert served == downloads(root)["code/models/dcgan.py"]


@pytest.mark.parametrize("path", ["models/dcgan/", "en/models/dcgan/"])
def test_the_edit_link_explains_how(page, address, path):
    page.goto(path)
    language = "en/" if path.startswith("en/") else ""
    # Not wait_for_url: the theme writes into the address what is read, also while it is loading.
    with page.expect_navigation(url=f"**/{language}contribute/#edit-a-page"):
        page.click(".colophon a[href$='#edit-a-page']")
    expect(page.locator("#edit-a-page")).to_have_count(1)


def test_a_missing_page_is_answered_in_the_readers_language(page, address):
    page.goto("nowhere/at/all/")
    expect(page.locator("h1")).to_have_text("이 주소에는 아무 그림도 없다")
    page.click("a[data-language]")
    expect(page.locator("h1")).to_contain_text("From noise to faces")
    page.goto("en/nowhere/")
    expect(page.locator("h1")).to_have_text("There is no picture at this address")


def test_a_glossary_link_shows_its_definition(page):
    page.goto("lecture/")
    page.locator("article a[data-preview]").first.hover()
    expect(page.locator(".md-tooltip2").first).to_be_visible()


@pytest.mark.parametrize("language", ["", "en/"])
@pytest.mark.parametrize("feed", ["feed_rss_created.xml", "feed_rss_updated.xml"])
def test_the_feed_lists_the_newest_pages_with_their_dates(page, address, pages, language, feed):
    channel = ET.fromstring(fetched(page, language + feed)).find("channel")
    items = {item.findtext("link"): item for item in channel.iter("item")}
    ours = {address + path for path in pages if path.startswith("en/") == bool(language)}
    assert channel.findtext("link") == address + language
    assert set(items) <= ours
    texts = {url for url in ours if re.search(r"/(answers|guides|concepts|models)/\w", url)}
    assert texts <= set(items)
    for item in items.values():
        assert item.findtext("title")
        assert item.findtext("description")
        assert re.fullmatch(r"\w{3}, \d\d \w{3} 20\d\d .*", item.findtext("pubDate"))


# What pages say in words and in structured data, of those that have any; none of them is drawn.
MARKED = """paths => Promise.all(paths.map(async path => {
  const text = await (await fetch("/" + path)).text()
  const page = new DOMParser().parseFromString(text, "text/html")
  const data = page.querySelector("script[type='application/ld+json']")
  for (const number of page.querySelectorAll(".today sup")) number.remove()
  return data && {
    path,
    data: data.textContent,
    title: page.querySelector("h1.faq").firstChild.data.trim(),
    today: page.querySelector(".today .admonition-title").textContent,
    said: page.querySelector(".today p:not(.admonition-title)").textContent,
  }
}))"""


@pytest.mark.parametrize("language", ["", "en/"])
def test_questions_are_marked_for_search_engines(page, pages, language):
    page.goto("404.html")  # any page of the site may read the others
    found = page.evaluate(MARKED, [p for p in pages if p.startswith(f"{language}answers/")])
    marked = [each for each in found if each]

    for each in marked:
        data = json.loads(each["data"])
        assert (data["@context"], data["@type"]) == ("https://schema.org", "FAQPage")
        (entry,) = data["mainEntity"]
        assert entry["@type"] == "Question"
        assert entry["name"] == each["title"]
        answer = entry["acceptedAnswer"]
        assert answer["@type"] == "Answer"
        assert answer["text"].split() == each["said"].split()  # the whole of today's line
        assert answer["dateModified"] in each["today"]
    assert len({each["path"] for each in marked}) == len(marked) == 19


@pytest.mark.parametrize("language", ["", "en/"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("answers/models/#gan-metrics", "answers/gan-metrics/#gan-metrics"),
        ("answers/models/#gan-metrics-code", "answers/gan-metrics/#gan-metrics-code"),
        ("answers/image-models/#stylegan-freezing-know", "answers/stylegan-freezing/#stylegan-fr"),
        ("answers/study/#self-test", "answers/"),
        ("answers/career/", "answers/"),
        ("answers/licensing/#papers-without-code", "answers/papers-without-code/"),
    ],
)
def test_old_addresses_lead_on(page, address, language, old, new):
    page.goto(language + old)
    page.wait_for_url(f"**/{new}*")
    assert page.url.startswith(address + language + new)
    expect(page.locator("article h1")).to_be_visible()


@pytest.mark.parametrize("language", ["", "en/"])
def test_without_scripts_an_old_address_shows_where_its_questions_are(
    new_context, address, language
):
    page = new_context(base_url=address, java_script_enabled=False).new_page()
    page.goto(f"{language}answers/image-models/#singan-start")
    page.locator("#singan-start").click()
    assert page.url == f"{address}{language}answers/singan-start/"


FIRST_SCREEN = {"width": 360, "height": 740}
BOTTOMS = """() => ["h1.faq", ".asked", ".admonition.lecture", ".admonition.today"].map(part =>
  Math.ceil(document.querySelector(`article ${part}`).getBoundingClientRect().bottom))"""


@pytest.mark.parametrize("language", ["", "en/"])
def test_question_answer_and_today_are_on_the_first_screen_of_a_phone(
    visitor, address, pages, language
):
    visitor.set_viewport_size(FIRST_SCREEN)
    questions = [path for path in pages if re.match(rf"{language}answers/\w", path)]
    assert len(questions) == 19

    wrong = {}
    for path in questions:
        visitor.goto(address + path)
        bottoms = visitor.evaluate(BOTTOMS)
        if bottoms != sorted(bottoms) or bottoms[-1] > FIRST_SCREEN["height"]:
            wrong[path] = bottoms
    assert wrong == {}


@pytest.mark.parametrize("language", ["", "en/"])
def test_the_topics_list_every_page_that_has_one(page, pages, language):
    page.goto(language + "tags/")
    listed = page.eval_on_selector_all("article a[href]", "all => all.map(a => a.pathname)")
    wanted = [p for p in pages if re.match(rf"{language}(answers|guides|concepts|models)/", p)]
    assert [path for path in wanted if f"/{path}" not in listed] == []


def test_every_link_and_picture_leads_somewhere(address, folder):
    assert inside(folder) == []


def test_an_animation_can_be_stopped(page):
    page.goto("models/dcgan/")
    picture = page.locator(".animation img").first
    expect(picture).to_have_attribute("src", re.compile("training.webp$"))
    page.click(".animation button >> nth=0")
    expect(picture).to_have_attribute("src", re.compile("training-still.webp$"))


def test_an_animation_stands_still_for_those_who_want_less_motion(new_context, address):
    page = new_context(reduced_motion="reduce").new_page()
    page.goto(address + "models/dcgan/")
    picture = page.locator(".animation img").first
    expect(picture).to_have_attribute("src", re.compile("training-still.webp$"))

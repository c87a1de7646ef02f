"""The benches of the laboratory, as people use them: by mouse, keyboard, touch and address."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from gan_minimal import models
from tests.site.test_every_page import LIGHTEST_PHONE, SETTLED, TOO_WIDE, WIDE, violations

RUNS = Path(__file__).parents[2] / "docs/assets/runs"
# Each bench: its page, and the runs that the first one there needs.
BENCHES = {
    "latent": ("lab/latent/", ["dcgan"]),
    "mixing": ("lab/mixing/", ["stylegan"]),
    "hangul": ("lab/hangul/", ["cgan"]),
    "edits": ("lab/edits/", ["stargan"]),
    "translate": ("lab/translate/", ["pix2pix"]),
    "growth": ("lab/growth/", ["pggan"]),
    "players": ("lab/players/", []),
}
EMBEDDED = {
    "models/dcgan/": "latent",
    "models/vae/": "latent",
    "models/stylegan/": "mixing",
    "models/cgan/": "hangul",
    "models/stargan/": "edits",
    "models/pix2pix/": "translate",
    "models/cyclegan/": "translate",
    "models/pggan/": "growth",
    "models/gan/": "players",
    "models/wgan/": "players",
    "models/wgan_gp/": "players",
}


def open_bench(page: Page, path: str) -> None:
    """Open the first bench of a page."""
    page.goto(path)
    page.locator(".bench-open").first.click()
    opened(page)


def opened(page: Page) -> None:
    expect(page.locator(".bench-opened").first).to_be_visible()


def seen(page: Page, which: int = 0) -> str:
    """The pixels of a canvas of the bench."""
    return page.locator(".bench-opened canvas").nth(which).evaluate("c => c.toDataURL()")


def slide(page: Page, label: str, value: float) -> None:
    page.get_by_label(label).evaluate(
        "(s, v) => { s.value = v; s.dispatchEvent(new Event('input', { bubbles: true })) }", value
    )


def told(page: Page, words: str | re.Pattern[str]) -> None:
    """What a screen reader is told."""
    expect(page.locator(".bench-opened .bench-status").first).to_have_text(words)


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_loads_only_when_it_is_opened_and_only_what_it_needs(name, page, address, folder):
    path, runs = BENCHES[name]
    requests: list[Any] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path)
    page.evaluate(SETTLED)
    assert [url for url in requests if "/lab/" in url.removeprefix(address + "lab/")] == []
    assert [url for url in requests if "/zoo/" in url] == []

    page.locator(".bench-open").first.click()
    opened(page)

    weights = [url for url in requests if url.endswith(".safetensors")]
    assert weights == [f"{address}assets/zoo/{run}.safetensors" for run in runs]
    assert [url for url in requests if not url.startswith(address)] == []
    for run in runs:
        assert (folder / f"assets/zoo/{run}.safetensors").stat().st_size < 2**20


@pytest.mark.parametrize("path", EMBEDDED)
@pytest.mark.parametrize("language", ["", "en/"])
def test_the_bench_of_a_model_is_on_its_page(path, language, folder):
    page = (folder / language / path / "index.html").read_text(encoding="utf-8")

    [bench] = re.findall(r'<section [^>]*class="bench"[^>]*>', page)
    assert f'data-bench="{EMBEDDED[path]}"' in bench
    run = re.search(r'data-run="(\w+)"', bench)
    assert run is None or run[1] in models.runs()


@pytest.mark.parametrize("name", BENCHES)
def test_without_scripts_there_is_a_picture_and_no_dead_button(name, new_context, address):
    page = new_context(base_url=address, java_script_enabled=False).new_page()
    page.goto(BENCHES[name][0])
    expect(page.locator(".bench").first.locator("img, svg").first).to_be_visible()
    expect(page.locator(".bench button")).to_have_count(0)


def test_a_bench_opens_after_instant_navigation(page):
    page.goto("lab/")
    page.evaluate("window.sameDocument = true")
    page.click("article a[href$='hangul/']")
    page.locator(".bench-open").click()
    opened(page)
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"


def test_a_bench_that_cannot_be_opened_says_what_to_do(page):
    page.route("**/lab/bench.js", lambda route: route.abort())
    page.goto("en/lab/hangul/")
    page.click(".bench-open")
    expect(page.locator(".bench-status")).to_contain_text("python serve.py")


# ------------------------------------------------------------------ one bench after the other


def test_a_face_is_moved_by_keyboard_and_its_address_leads_back_to_it(page):
    page.goto("en/lab/latent/")
    page.locator(".bench-open").first.focus()
    page.keyboard.press("Enter")
    opened(page)
    first = seen(page)
    page.get_by_label("Towards B").first.focus()
    for _ in range(50):
        page.keyboard.press("ArrowRight")
    told(page, "Drew the face with 1.00 of A and 0.50 of B.")
    moved = seen(page)
    assert moved != first
    page.wait_for_url(re.compile(r"/en/lab/latent/\?bench=latent-dcgan&y=0\.5\b"))

    page.reload()
    opened(page)

    told(page, "Drew the face with 1.00 of A and 0.50 of B.")
    assert seen(page) == moved


def test_an_address_opens_the_bench_that_it_names_and_no_other(page):
    page.goto("en/lab/latent/?bench=latent-vae&a=5")
    opened(page)
    assert page.locator(".bench").evaluate_all(
        "all => all.map(b => !b.querySelector('.bench-open'))"
    ) == [False, True]
    expect(page.get_by_label("Seed of face A")).to_have_value("5")


def test_the_language_link_keeps_the_state_of_a_bench(page):
    page.goto("en/lab/hangul/?bench=hangul-cgan&hand=3")
    opened(page)
    page.click("a[data-language]")
    page.wait_for_url(re.compile(r"/lab/hangul/\?bench=hangul-cgan&hand=3"))
    opened(page)
    expect(page.get_by_label("손글씨의 시드")).to_have_value("3")


def test_a_single_coordinate_changes_the_face_and_goes_back(page):
    open_bench(page, "en/lab/latent/")
    told(page, re.compile("Drew"))
    before = seen(page)
    page.locator(".bench-opened summary").first.click()
    slide(page, "Add to coordinate 3 of z", 4)
    expect(page.locator(".bench-opened canvas").first).to_be_visible()
    page.wait_for_function(
        "before => document.querySelector('.bench-opened canvas').toDataURL() !== before",
        arg=before,
    )
    page.get_by_text("Put the coordinates back").first.click()
    page.wait_for_function(
        "before => document.querySelector('.bench-opened canvas').toDataURL() === before",
        arg=before,
    )


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_walk_ends_at_the_other_face(motion, new_context, address):
    page = new_context(base_url=address, reduced_motion=motion).new_page()
    open_bench(page, "en/lab/latent/")
    page.evaluate("""() => {
        window.places = new Set()
        const output = document.querySelector('.bench-opened output')
        new MutationObserver(() => window.places.add(output.textContent))
            .observe(output, { childList: true })
    }""")
    page.get_by_text("Walk from A to B").first.click()
    told(page, "Drew the face with 0.00 of A and 1.00 of B.")
    places = page.evaluate("window.places.size")
    assert places <= 5 if motion == "reduce" else places > 0


def test_styles_are_mixed_by_pressing_and_by_dragging(page):
    open_bench(page, "en/lab/mixing/")
    told(page, re.compile("Coarse styles come from face 1"))
    before = page.get_by_label("The mixed face").evaluate("c => c.toDataURL()")
    page.get_by_role("button", name="Face 5").press("Enter")
    told(page, "Face 5 is chosen. Now press its place.")
    page.get_by_role("button", name="Coarse styles").press("Enter")
    told(page, re.compile("Coarse styles come from face 5, middle ones from face 2"))
    pressed = page.get_by_label("The mixed face").evaluate("c => c.toDataURL()")
    assert pressed != before

    page.get_by_role("button", name="Face 1", exact=True).drag_to(
        page.get_by_role("button", name="Coarse styles")
    )
    told(page, re.compile("Coarse styles come from face 1"))
    assert page.get_by_label("The mixed face").evaluate("c => c.toDataURL()") == before


def test_without_noise_and_at_the_average_all_faces_are_one(page):
    page.goto("en/lab/mixing/?bench=mixing-stylegan&psi=0&noise=0")
    opened(page)
    told(page, re.compile("Coarse"))
    faces = page.locator(".bench-face canvas").evaluate_all("all => all.map(c => c.toDataURL())")
    assert len(set(faces)) == 1
    slide(page, "Truncation", 1)
    page.wait_for_url(re.compile(r"\?bench=mixing-stylegan&noise=0"))
    told(page, re.compile("Coarse"))
    faces = page.locator(".bench-face canvas").evaluate_all("all => all.map(c => c.toDataURL())")
    assert len(set(faces)) == len(faces) == 6


def test_what_is_typed_is_written_and_what_is_no_syllable_is_named(page):
    open_bench(page, "en/lab/hangul/")
    told(page, re.compile("안녕하세요"))
    page.get_by_label("Text in Hangul").fill("강물 abㄱ")
    told(page, re.compile("Wrote 강물 .*no Korean syllables: a b ㄱ"))
    expect(page.locator(".bench-opened canvas")).to_have_attribute("width", str(3 * 32))
    expect(page.locator(".bench-note")).to_contain_text("강 = ㄱ ㅏ ㅇ, 물 = ㅁ ㅜ ㄹ")
    first = seen(page)
    slide(page, "Size of the noise", 0)
    page.wait_for_function(
        "first => document.querySelector('.bench-opened canvas').toDataURL() !== first", arg=first
    )
    with page.expect_download() as download:
        page.get_by_text("Save as a picture").click()
    assert download.value.suggested_filename == "hangul.png"


def test_an_edit_stands_beside_the_exact_picture(page):
    page.goto("en/lab/edits/?bench=edits-stargan&face=1&edit=6")
    opened(page)
    told(page, re.compile(r"Face 2, red hair\. It differs from the exact picture by 0\.\d{3}"))
    page.get_by_role("button", name="Face 4").press("Enter")
    page.get_by_label("What to change").select_option("glasses on or off")
    told(page, re.compile(r"Face 4, glasses on or off"))
    page.wait_for_url(re.compile("face=3&edit=8"))
    pictures = page.locator(".bench-after canvas").evaluate_all(
        "all => all.map(c => c.toDataURL())"
    )
    assert len(set(pictures)) == 3


def test_the_page_edits_the_recorded_faces_as_the_recorded_sheet_has_them(page):
    """What StarGAN draws from the first face of the sheet is what the sheet says it draws."""
    sheet = Image.open(RUNS / "stargan/edits.webp").convert("RGB")
    page.goto("en/lab/edits/?bench=edits-stargan&face=0&edit=7")
    opened(page)
    told(page, re.compile("green hair"))
    for canvas, (row, column) in enumerate([(0, 0), (0, 8), (1, 8)]):
        cell = sheet.crop((17 * column, 17 * row, 17 * column + 16, 17 * row + 16))
        pixels = (
            page.locator(".bench-after canvas")
            .nth(canvas)
            .evaluate("c => Array.from(c.getContext('2d').getImageData(0, 0, 16, 16).data)")
        )
        shown = np.array(pixels).reshape(16, 16, 4)[..., :3]
        assert np.abs(shown - np.asarray(cell).astype(int)).max() <= 1


def test_a_character_is_translated_when_it_is_typed_drawn_or_read(page, tmp_path):
    open_bench(page, "en/lab/translate/")
    told(page, "Translated what is on the board.")
    translated = page.get_by_label("Translated").first
    drawn = [translated.evaluate("c => c.toDataURL()")]

    def changed() -> None:
        other = "([canvas, before]) => !before.includes(canvas.toDataURL())"
        page.wait_for_function(other, arg=[translated.element_handle(), drawn])
        drawn.append(translated.evaluate("c => c.toDataURL()"))

    page.get_by_text("Clear the board").click()
    changed()
    page.get_by_label("A board of 32 pixels").click(position={"x": 90, "y": 60})
    changed()
    page.get_by_label("One character").fill("L")
    changed()
    Image.new("L", (80, 40), 128).save(tmp_path / "grey.png")
    page.get_by_label("Read a picture").set_input_files(tmp_path / "grey.png")
    changed()
    page.get_by_label("Read a picture").set_input_files(__file__)
    told(page, "This file cannot be read as a picture.")


def test_pggan_grows_by_keyboard(page):
    open_bench(page, "en/lab/growth/")
    told(page, "Six faces, 4 pixels")
    page.get_by_label("Grown to").press("ArrowRight")
    told(page, "Six faces, 4 → 8 pixels, share of the new layers 0.05")
    page.get_by_label("Grown to").press("End")
    told(page, "Six faces, 16 pixels")
    page.wait_for_url(re.compile("grown=2"))


def test_every_setting_of_the_lessons_opens_its_bench(page):
    page.goto("en/lab/lessons/")
    links = page.locator("article a[href*='?bench=']").evaluate_all("all => all.map(a => a.href)")
    assert len(links) >= 6
    for link in links:
        page.goto(link)
        opened(page)


def test_a_game_is_played_move_by_move_and_round_by_round(page):
    open_bench(page, "en/lab/players/")
    gan = page.locator(".bench-game").first
    expect(gan).to_contain_text("Nobody has moved yet.")
    page.get_by_role("button", name="One move").press("Enter")
    expect(gan).to_contain_text("The discriminator moved. Its loss softplus(−D(x))")
    page.get_by_role("button", name="One round").press("Enter")
    expect(gan).to_contain_text("The generator moved.")
    expect(page.locator(".bench-rounds")).to_have_text("Round 1")
    told(page, re.compile(r"Round 1\. GAN \d of 8, WGAN"))
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".bench-rounds")).to_have_text("Round 0")

    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".bench-rounds")).to_have_text(re.compile(r"Round [1-9]\d"))
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()


def test_settings_change_while_a_game_goes_on(page):
    page.goto("en/lab/players/?bench=players&preset=collapse")
    opened(page)
    page.get_by_role("button", name="One round").click()
    expect(page.locator(".bench-rounds")).to_have_text("Round 1")
    expect(page.get_by_label("Moves of the generator in a round")).to_have_value("8")
    page.get_by_label("Choose settings").select_option("recover")
    expect(page.get_by_label("Moves of the generator in a round")).to_have_value("1")
    page.get_by_role("button", name="One round").click()
    expect(page.locator(".bench-rounds")).to_have_text("Round 2")  # it has gone on
    page.wait_for_url(re.compile(r"\?bench=players&preset=recover"))


def test_own_data_are_drawn_by_mouse_and_keyboard_and_stand_in_the_address(page):
    open_bench(page, "en/lab/players/")
    page.get_by_label("Data", exact=True).select_option("own")
    board = page.locator(".bench-board canvas")
    board.focus()
    page.keyboard.press("Enter")
    told(page, re.compile("1 points drawn|Round 0"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    board.click(position={"x": 30, "y": 30})
    page.wait_for_url(re.compile(r"points=\w{6}\b"))
    page.reload()
    opened(page)
    expect(page.locator(".bench-game").first).to_contain_text("of 3 modes reached")


# ------------------------------------------------------------------ for everybody


@pytest.mark.parametrize("name", BENCHES)
def test_everybody_can_use_an_open_bench(
    name: str, new_context: Callable[..., BrowserContext], address: str
) -> None:
    """Axe has nothing to say in light and dark, and nothing is wider than a small phone."""
    found: dict[str, Any] = {}
    for scheme, path in (("light", BENCHES[name][0]), ("dark", "en/" + BENCHES[name][0])):
        page = new_context(base_url=address, color_scheme=scheme, viewport=WIDE).new_page()
        open_bench(page, path)
        for summary in page.locator(".bench-opened summary").all():
            summary.click()
        if name == "players":
            page.get_by_role("combobox").nth(1).select_option("own")
        page.evaluate(Axe().axe_script)
        found[scheme] = violations(page, "document.querySelector('.bench-opened')", {})
    page.set_viewport_size(LIGHTEST_PHONE)
    page.evaluate(SETTLED)
    found["phone"] = page.evaluate(TOO_WIDE)
    small = "all => all.filter(b => b.getBoundingClientRect().height < 24).map(b => b.outerHTML)"
    found["hard to touch"] = page.locator(".bench-opened :is(button, select, input)").evaluate_all(
        small.replace("all.filter(", "all.filter(b => b.type !== 'checkbox').filter(")
    )

    assert {where: faults for where, faults in found.items() if faults} == {}

"""What gets into a page by mistake neither runs nor loads anything.

That no page breaks its own policy is seen where pages are visited: the browser's complaints are
collected there, and in every context that `new_context` opens.
"""

import re

import pytest

from tests.site.conftest import POLICY

HEAD = re.compile(
    r'<head>\s*<meta charset="utf-8">\s*'
    r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">\s*'
    r'<meta name="referrer" content="no-referrer">'
)
# Scripts that are no data, styles and handlers of events that stand in the page itself.
WITHIN = re.compile(r'<script(?![^>]*(?: src=|json"))[^>]*>|<style[^>]*>|<[a-z][^<>]*\son[a-z]+=')


def test_every_page_has_the_policy_before_anything_else_and_no_script_within(folder):
    files = sorted(folder.rglob("*.html"))
    assert len(files) > 150
    policies = set()
    for path in files:
        page = path.read_text(encoding="utf-8")
        head = HEAD.search(page)
        assert head, path
        policies.add(head[1])
        assert WITHIN.findall(page) == [], path

    assert len(policies) == 2  # one on pages, a narrower one at old addresses
    for policy in policies:
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "unsafe-eval" not in policy
        assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")


PUT = "document.body.insertAdjacentHTML('beforeend', {}); "
INJECTED = {
    "a script": "const s = document.createElement('script'); s.text = act; document.body.append(s)",
    "a handler": PUT.format("`<img src=data: onerror='${act}'>`"),
    "a link": PUT.format("`<a id=bad href='javascript:${act}'>`")
    + "document.getElementById('bad').click()",
    "code in a string": "setTimeout(act)",
    "a picture of elsewhere": "new Image().src = 'http://elsewhere.localhost/a.png'",
    "a request": "fetch('http://elsewhere.localhost/').catch(() => {})",
    "a frame": PUT.format("'<iframe src=/404.html></iframe>'"),
    "another base": "document.head.insertAdjacentHTML('afterbegin', '<base href=/en/>')",
    "a form": PUT.format("'<form id=worse action=/en/></form>'")
    + "document.getElementById('worse').submit()",
}


@pytest.mark.parametrize("attempt", INJECTED.values(), ids=INJECTED)
def test_what_is_put_into_a_page_does_nothing(attempt, visitor, address):
    page = visitor
    if not page.url.endswith("/lecture/"):
        page.goto(address + "lecture/")
    with page.expect_console_message(lambda m: POLICY in m.text):
        page.evaluate(f"const act = 'window.ran = 1'; {attempt}; void 0")
    assert page.evaluate("window.ran") is None
    assert page.url == f"{address}lecture/"
    assert page.evaluate("document.baseURI") == page.url

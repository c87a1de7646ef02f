import re

import pytest

from hooks.moved import MOVED, heading, page


def test_every_question_had_one_old_address():
    names = [name for old in MOVED.values() for name in old]
    assert len(names) == len(set(names)) == 19


def test_the_list_leads_readers_without_scripts_to_their_line():
    text = page("Moved", {"a": "Why <this>?", "b-c": "How?"}, "en")

    assert re.findall(r'<a id="([\w-]+)" href="([^"]+)">(.+?)</a>', text) == [
        ("a", "../a/", "Why &lt;this&gt;?"),
        ("b-c", "../b-c/", "How?"),
    ]
    assert '<html lang="en">' in text
    assert 'content="noindex"' in text
    assert '<script src="../../../assets/js/moved.js">' in text
    assert "<script>" not in text


def test_a_heading_comes_without_its_attributes():
    assert heading("---\ntitle: x\n---\n\n# 왜? { #why .faq }\n\n## More\n") == "왜?"
    with pytest.raises(ValueError, match="no heading"):
        heading("## Only this\n")

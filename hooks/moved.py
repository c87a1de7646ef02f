"""Leads old addresses of the answers to where they are now.

Nineteen questions stood on five pages. An address such as `answers/models/#gan-metrics` may be in
somebody's bookmarks: in its place stands a list of the questions that the page had, whose script
goes on to the one that the address names. Without scripts the reader is led to its line.
"""

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

MOVED = {
    "study": ("algorithm-practice", "gold-platinum", "how-much-math"),
    "career": ("ai-engineer-skills", "startup-pay", "without-a-degree"),
    "licensing": ("videos-about-books", "papers-without-code"),
    "models": (
        "frameworks",
        "video-recognition",
        "autoencoder-uses",
        "autoregressive-models",
        "gan-metrics",
    ),
    "image-models": (
        "pix2pix-condition",
        "singan-start",
        "singan-objects-or-resolution",
        "stylegan-domains",
        "stylegan-style-order",
        "stylegan-freezing",
    ),
}
TITLES = {"ko": "옮긴 글", "en": "These answers have moved"}
SCRIPTS = {"ko": "../../assets/js/moved.js", "en": "../../../assets/js/moved.js"}


def page(title: str, questions: dict[str, str], language: str) -> str:
    """Return the page that stands at an old address.

    Args:
        title: What the page says of itself.
        questions: The names of the questions that stood there, and how they are put today.
        language: `"ko"` or `"en"`.
    """
    rows = "\n".join(
        f'<li><a id="{name}" href="../{name}/">{html.escape(question)}</a></li>'
        for name, question in questions.items()
    )
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
<ul>
{rows}
</ul>
<script src="{SCRIPTS[language]}"></script>
</body>
</html>
"""


def heading(text: str) -> str:
    """Return the first heading of a page in Markdown, without its attributes."""
    found = re.search(r"^# (.+?)(?: \{.*\})?$", text, re.MULTILINE)
    if found is None:
        raise ValueError("the page has no heading")
    return found[1]


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Put a page at each old address; an archive, which is new, had none."""
    from mkdocs.structure.files import File

    if not config.use_directory_urls:
        return files
    language = str(config.theme["language"])
    answers = Path(config.docs_dir) / "answers"
    for old, names in MOVED.items():
        texts = {name: (answers / f"{name}.md").read_text(encoding="utf-8") for name in names}
        questions = {name: heading(text) for name, text in texts.items()}
        content = page(TITLES[language], questions, language)
        files.append(File.generated(config, f"answers/{old}/index.html", content=content))
    return files

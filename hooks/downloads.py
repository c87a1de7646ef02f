"""Makes of each model's file one that trains when it is run: `python dcgan.py photos/`.

The file that a reader downloads is put together from the model's own, from what that takes of its
siblings, and from one loop (`download_loop.py`), the same for all models. It says under which
licence it is.
"""

import ast
import re
import subprocess
import sys
import textwrap
from pathlib import Path

from gan_minimal.models import MODELS

ROOT = Path(__file__).resolve().parent.parent
LOOP = Path(__file__).with_name("download_loop.py")
SIBLINGS = "gan_minimal.models."
MARK = re.compile(r"^ *# --8<-- .*\n", re.MULTILINE)


class Source:
    """A Python file, taken apart.

    Attributes:
        docstring: Its first statement, without quotation marks.
        imports: Its import statements, those of siblings left out.
        siblings: The names that it takes from each sibling.
        parts: The lines of each of its other statements, comments above it included.
        nodes: The same statements, parsed.
    """

    def __init__(self, path: Path) -> None:
        """Read a file; marks of sections are left out."""
        text = MARK.sub("", path.read_text(encoding="utf-8"))
        lines = text.splitlines()
        tree = ast.parse(text)
        self.docstring = ast.get_docstring(tree, clean=False) or ""
        self.imports: list[str] = []
        self.siblings: dict[str, list[str]] = {}
        self.parts: list[str] = []
        self.nodes: list[ast.stmt] = []
        end = tree.body[0].end_lineno or 0
        for node in tree.body[1:]:
            part = "\n".join(lines[end : node.end_lineno]).strip("\n")
            end = node.end_lineno or 0
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(SIBLINGS):
                sibling = str(node.module).removeprefix(SIBLINGS)
                self.siblings[sibling] = [each.name for each in node.names]
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self.imports.append(part)
            else:
                self.parts.append(part)
                self.nodes.append(node)

    def needed(self, names: list[str]) -> list[str]:
        """Return the parts that define `names`, and those that these use, in their order."""
        found: set[int] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            for i, node in enumerate(self.nodes):
                if i not in found and name in defined(node):
                    found.add(i)
                    waiting += [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
        return [part for i, part in enumerate(self.parts) if i in found]


def defined(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module defines."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [each.id for each in targets if isinstance(each, ast.Name)]


def runnable(folder: Path, name: str) -> str:
    """Return the file that a reader downloads for model `name`, without its licence.

    Args:
        folder: `gan_minimal/models`.
        name: A file there, without its ending. One that is no model of the table, such as
            `styleclip`, comes without a loop.

    Raises:
        ValueError: If two parts of the file would define the same name.
    """
    model = Source(folder / f"{name}.py")
    imports, parts = list(model.imports), list(model.parts)
    for sibling, wanted in model.siblings.items():
        source = Source(folder / f"{sibling}.py")
        imports += source.imports
        taken = source.needed(wanted)
        parts[:0] = [f"# The next parts are those of {sibling}.py.\n{taken[0]}", *taken[1:]]
    if name in MODELS:
        loop = Source(LOOP)
        imports += loop.imports
        comment = textwrap.indent(loop.docstring.strip(), "# ", lambda line: True)
        first, *others = loop.parts[2:]  # the first two stand for what the model's file defines
        kind = MODELS[name].kind
        parts += [
            "\n".join(line.rstrip() for line in comment.splitlines()).replace("NAME", name),
            first,
            *(part.replace("Model(", f"{kind}(") for part in others),
        ]
    body = "\n\n\n".join(parts)
    names = [each for node in ast.parse(body).body for each in defined(node)]
    twice = {each for each in names if names.count(each) > 1}
    if twice:
        raise ValueError(f"{name}.py would define {', '.join(sorted(twice))} twice")
    return formatted(f'"""{model.docstring}"""\n\n' + "\n".join(imports) + f"\n\n\n{body}\n")


def formatted(code: str) -> str:
    """Merge and sort the imports of code, leave out those that it does not need, and lay it out."""
    for what in (["check", "--fix", "--quiet", "--select", "I,F401"], ["format"]):
        command = [sys.executable, "-m", "ruff", *what, "--stdin-filename", "model.py", "-"]
        done = subprocess.run(
            command, cwd=ROOT, input=code, capture_output=True, encoding="utf-8", check=True
        )
        code = done.stdout
    return code


def with_licence(code: str, licence: str) -> str:
    """Return code that begins with the name of its licence and ends with its text.

    Args:
        code: A file of Python.
        licence: The text of the MIT licence, whose second paragraph says who grants it.
    """
    owner = licence.split("\n\n")[1].removeprefix("Copyright (c) ")
    paragraphs = ["\n".join(textwrap.wrap(each, 98)) for each in licence.strip().split("\n\n")]
    text = textwrap.indent("\n\n".join(paragraphs), "# ", lambda line: True)
    # REUSE-IgnoreStart
    return (
        f"# SPDX-FileCopyrightText: {owner}\n"
        "# SPDX-License-Identifier: MIT\n"
        "# The text of the licence is at the end of this file.\n"
        f"{code.rstrip()}\n\n\n" + "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    )
    # REUSE-IgnoreEnd

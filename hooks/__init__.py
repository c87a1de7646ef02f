"""The build steps of the site that MkDocs and its plugins do not have."""

import io
import sys


def escape_unencodable() -> None:
    """Escape what the locale cannot encode, such as Korean, instead of ending with an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

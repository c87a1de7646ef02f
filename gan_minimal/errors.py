"""The errors that a user can cause; the command line prints them as one sentence."""

import difflib


class UserError(ValueError):
    """Something the user can put right; its message is one readable sentence."""


class TrainingDiverged(UserError):
    """A loss became NaN or infinite; the message names the step, the player and the checkpoint."""


MEMORY = (
    *("out of memory", "allocate memory", "enough memory", "bad_alloc"),
    *("calculation overflowed", "multiplication overflow"),  # of the size of a tensor
)
"""What torch's errors say when there is too little memory; they have no type of their own."""


def sentence(error: BaseException) -> str | None:
    """Return an error that the user can put right as a sentence, or None for any other."""
    if isinstance(error, UserError):
        return str(error)
    said = str(error).lower()
    if isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in said for words in MEMORY)
    ):
        return (
            "There is not enough memory for this: fewer or smaller images at a time, or narrower "
            "networks, need less."
        )
    if isinstance(error, OSError):  # a file where a folder should be, a permission, a full disk
        named = f": {error.filename}" if error.filename is not None else ""
        return f"{error.strerror}{named}" if error.strerror else str(error)
    if isinstance(error, RuntimeError) and "home directory" in said:
        return (
            "There is no home folder to be found: write paths without ~, and let the variable "
            "XDG_CACHE_HOME name a folder for data."
        )
    return None


def nearest(word: str, known: list[str]) -> str:
    """Return a sentence's tail that suggests what `word` was meant to be."""
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}."

"""The errors that a user can cause; the command line prints them as one sentence."""

import difflib


class UserError(ValueError):
    """Something the user can put right; its message is one readable sentence."""


class TrainingDiverged(UserError):
    """A loss became NaN or infinite; the message names the step, the player and the checkpoint."""


def nearest(word: str, known: list[str]) -> str:
    """Return a sentence's tail that suggests what `word` was meant to be."""
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}."

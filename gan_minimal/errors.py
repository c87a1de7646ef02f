"""The errors that a user can cause; the command line prints them as one sentence."""


class UserError(ValueError):
    """Something the user can put right; its message is one readable sentence."""


class TrainingDiverged(UserError):
    """A loss became NaN or infinite; the message names the step, the player and the checkpoint."""

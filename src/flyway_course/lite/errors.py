"""The error that making the in-browser course ends with."""


class LiteError(RuntimeError):
    """The in-browser course was not made; the message is for people and names the mend."""

"""The error that making the website ends with."""


class WebsiteError(RuntimeError):
    """The website was not made; the message is for people and names the mend."""

"""What tests read of a page."""


def text(response) -> str:
    """The page with each run of whitespace as one space, so that a template may break its lines anywhere."""
    return " ".join(response.content.decode().split())

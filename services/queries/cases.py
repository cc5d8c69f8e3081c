"""Cases that a person may see; the permission is part of each question."""

from .progress import progress_of

__all__ = ["progress_of"]

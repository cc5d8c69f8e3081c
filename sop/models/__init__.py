"""Models of SOPs, one module per subject."""

from .document import Sop, SopVersion
from .editing import DraftCopy, RemovedStep, VersionEditor
from .flow import SopActor, Step, StepActor
from .review import Comment, Correction, ReviewRound
from .search import Passage, SearchEntry, SearchWord

__all__ = [
    "Comment",
    "Correction",
    "DraftCopy",
    "Passage",
    "RemovedStep",
    "ReviewRound",
    "SearchEntry",
    "SearchWord",
    "Sop",
    "SopActor",
    "SopVersion",
    "Step",
    "StepActor",
    "VersionEditor",
]

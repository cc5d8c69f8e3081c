"""Models of SOPs, one room per subject."""

from .document import Sop, SopVersion
from .editing import DraftCopy, RemovedStep, VersionEditor
from .flow import Actor, Step, StepActor
from .review import Comment, Correction, ReviewRound
from .search import Passage, SearchEntry, SearchWord

__all__ = [
    "Actor",
    "Comment",
    "Correction",
    "DraftCopy",
    "Passage",
    "RemovedStep",
    "ReviewRound",
    "SearchEntry",
    "SearchWord",
    "Sop",
    "SopVersion",
    "Step",
    "StepActor",
    "VersionEditor",
]

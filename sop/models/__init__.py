"""Models of SOPs, one room per subject."""

from .document import Sop, SopVersion
from .editing import DraftCopy, RemovedStep
from .flow import Actor, Step, StepActor
from .review import Comment, ReviewRound

__all__ = ["Actor", "Comment", "DraftCopy", "RemovedStep", "ReviewRound", "Sop", "SopVersion", "Step", "StepActor"]

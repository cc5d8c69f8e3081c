"""Models of SOPs, one room per subject."""

from .document import Sop, SopVersion
from .flow import Actor, Step, StepActor
from .review import Comment, ReviewRound

__all__ = ["Actor", "Comment", "ReviewRound", "Sop", "SopVersion", "Step", "StepActor"]

"""Forms of the SOP editor: they show stored fields as inputs, and translate inputs back into fields for the verbs."""

from .actors import ActorForm
from .identity import IdentityForm, NewSopForm
from .paste import PasteForm
from .steps import StepForm

__all__ = ["ActorForm", "IdentityForm", "NewSopForm", "PasteForm", "StepForm"]

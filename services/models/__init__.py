"""Models of services, requests, cases and letters, one module per subject."""

from .alarm import Alarm, AlarmCall, AlarmStep
from .case import Deviation, Pause, StepRun
from .catalogue import Category, Requirement, Service
from .conversation import Mention, MessageTemplate, ReadyReason
from .form import Field, FormPage, FormVersion
from .holding import PastHolding
from .inbox import CasePlace, InboxEntry, Participation, SavedFilter
from .letter import Letter, LetterTemplate
from .request import Document, Message, Request, TimelineEntry
from .routing import Routing, RoutingRule
from .school import School
from .service_draft import ServiceDraft

__all__ = [
    "Alarm",
    "AlarmCall",
    "AlarmStep",
    "CasePlace",
    "Category",
    "Deviation",
    "Document",
    "Field",
    "FormPage",
    "FormVersion",
    "InboxEntry",
    "Letter",
    "LetterTemplate",
    "Mention",
    "Message",
    "MessageTemplate",
    "Participation",
    "PastHolding",
    "Pause",
    "ReadyReason",
    "Request",
    "Requirement",
    "Routing",
    "RoutingRule",
    "SavedFilter",
    "School",
    "Service",
    "ServiceDraft",
    "StepRun",
    "TimelineEntry",
]

"""Setting up the default message templates and reasons of a new office."""

from services.conversation import message_templates
from services.models import MessageTemplate, ReadyReason
from ula_portal.core.verbs.transactions import verb


@verb
def ensure_message_templates() -> None:
    """Create the default reasons and message templates; a list that is not empty stays as it is."""
    if not ReadyReason.objects.exists():
        for place, text in enumerate(message_templates.REASONS, 1):
            ReadyReason.objects.create(text=text, order=10 * place)
    if not MessageTemplate.objects.exists():
        for title, text in message_templates.TEMPLATES:
            MessageTemplate.objects.create(title=title, text=text)

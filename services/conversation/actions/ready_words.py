"""Setting up the default message templates and reasons of a new office."""

from services.conversation import words as message_words
from services.models import MessageTemplate, ReadyReason
from ula_portal.core.verbs.transactions import verb


@verb
def ensure_ready_words() -> None:
    """Create the default reasons and message templates; a list that is not empty stays as it is."""
    if not ReadyReason.objects.exists():
        for place, text in enumerate(message_words.REASONS, 1):
            ReadyReason.objects.create(text=text, order=10 * place)
    if not MessageTemplate.objects.exists():
        for title, text in message_words.TEMPLATES:
            MessageTemplate.objects.create(title=title, text=text)

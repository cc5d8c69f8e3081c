"""Links that open WhatsApp on the user's own device; the portal uses no WhatsApp service."""

from urllib.parse import quote, urlencode


def whatsapp_url(phone: str, text: str) -> str:
    """A link that opens WhatsApp on the user's device with a prepared text. ``phone``: E.164."""
    return f"https://wa.me/{phone.lstrip('+')}?{urlencode({'text': text}, quote_via=quote)}"

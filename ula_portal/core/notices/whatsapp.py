"""WhatsApp without any service of it: an address that opens it on the reader's own device."""

from urllib.parse import quote, urlencode


def whatsapp_url(phone: str, text: str) -> str:
    """The address that opens WhatsApp on the reader's own device with a text ready to be sent; nothing is sent by us.

    ``phone``: E.164.
    """
    return f"https://wa.me/{phone.lstrip('+')}?{urlencode({'text': text}, quote_via=quote)}"

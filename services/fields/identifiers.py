"""Types of form fields for identity numbers; see ``services.fields.types``.

The rules of each number are in ``ula_portal.core.identifiers``.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import identifiers
from ula_portal.core.security import secrets_at_rest

from .base import Definition, FieldType, as_validation_error


class IdentifierType(FieldType):
    """A number with a fixed format; ``identifiers.bare_number`` removes the spaces and separators people type."""

    attributes = {"autocomplete": "off", "spellcheck": "false"}
    checker: Callable[[str], object]
    # Looked up on a card or a certificate, and typed digit by digit.
    seconds = 30

    def normalise(self, text: str) -> str:
        return identifiers.bare_number(text)

    def check(self, text: str, definition: Definition) -> None:
        as_validation_error(type(self).checker, self.normalise(text))

    def to_stored(self, value: str, definition: Definition) -> Any:
        return self.normalise(value)


class NisnType(IdentifierType):
    title = gettext_lazy("NISN siswa")
    name, length, checker = "nisn", 10, staticmethod(identifiers.check_nisn)
    attributes = {**IdentifierType.attributes, "inputmode": "numeric"}

    def hint(self, definition: Definition) -> str:
        return _("10 angka.")


class NpsnType(IdentifierType):
    title = gettext_lazy("NPSN (angka saja)")
    name, length, checker = "npsn", 8, staticmethod(identifiers.check_npsn)

    def hint(self, definition: Definition) -> str:
        return _("8 karakter.")


class NuptkType(IdentifierType):
    title = gettext_lazy("NUPTK")
    name, length, checker = "nuptk", 16, staticmethod(identifiers.check_nuptk)
    attributes = {**IdentifierType.attributes, "inputmode": "numeric"}

    def hint(self, definition: Definition) -> str:
        return _("16 angka.")


class NipType(IdentifierType):
    title = gettext_lazy("NIP")
    name, length, checker = "nip", 18, staticmethod(identifiers.parse_nip)
    attributes = {**IdentifierType.attributes, "inputmode": "numeric"}

    def hint(self, definition: Definition) -> str:
        return _("18 angka.")

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return identifiers.format_nip(stored)

    def warnings(self, stored: Any, definition: Definition | None = None) -> tuple[str, ...]:
        return identifiers.parse_nip(stored).warnings


class NikType(IdentifierType):
    """Stored encrypted, with a keyed hash for look-ups; only the last four digits are stored readably."""

    title = gettext_lazy("NIK (disimpan tersandi)")
    is_column = False
    name, length, is_secret, checker = "nik", 16, True, staticmethod(identifiers.parse_nik)
    attributes = {**IdentifierType.attributes, "inputmode": "numeric"}

    def hint(self, definition: Definition) -> str:
        return _("16 angka. Disimpan tersandi. Hanya empat angka terakhir yang ditampilkan.")

    def to_stored(self, value: str, definition: Definition) -> dict[str, str]:
        number = self.normalise(value)
        return {
            "cipher": secrets_at_rest.encrypt(number),
            "hash": secrets_at_rest.keyed_hash("nik", number),
            "last": number[-4:],
        }

    def to_initial(self, stored: Any, definition: Definition) -> None:
        return None

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return f"•••• •••• •••• {stored['last']}"

    def reveal(self, stored: Any) -> str:
        """Return the whole number. The caller must record who looked at it.

        Raises: ``secrets_at_rest.Unreadable`` if the stored value cannot be decrypted.
        """
        return secrets_at_rest.decrypt(stored["cipher"])

    def warnings(self, stored: Any, definition: Definition | None = None) -> tuple[str, ...]:
        return identifiers.parse_nik(self.reveal(stored)).warnings

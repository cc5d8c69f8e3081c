"""The form in which services of the starter catalogue are ticked and units are chosen for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.models import Unit

from .starter import Catalogue, proposed_unit


class StarterForm(forms.Form):
    """Codes of services, and for each unit of the catalogue that they need one of the office's."""

    codes = forms.MultipleChoiceField(
        label=gettext_lazy("Layanan"), error_messages={"required": gettext_lazy("Pilih paling sedikit satu layanan.")}
    )
    sops = forms.BooleanField(
        label=gettext_lazy("Sertakan contoh SOP sebagai draf"),
        help_text=gettext_lazy("Pelaksananya dicocokkan dengan jabatan di kantor Anda, lalu Anda pastikan."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit_of = {offer.code: offer.unit for group in catalogue.offers.values() for offer in group}
        self.fields["codes"].choices = [(code, code) for code in self.unit_of]  # type: ignore[attr-defined]
        # All selects share one reading of the units.
        units = list(Unit.objects.order_by("name"))
        choices = [("", _("Pilih unit")), *((unit.pk, unit.name) for unit in units)]
        self.units = {unit.pk: unit for unit in units}
        for code, name in catalogue.units.items():
            near = proposed_unit(code, name, units)
            self.fields[f"unit_{code}"] = forms.TypedChoiceField(
                label=name, choices=choices, coerce=int, empty_value=None, required=False, initial=near and near.pk
            )

    @property
    def unit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("unit_")]

    @property
    def chosen_codes(self) -> list[str]:
        """What is ticked, valid or not."""
        return [str(code) for code in self["codes"].value() or []]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for code in said.get("codes", []):
            field = f"unit_{self.unit_of[code]}"
            if self.unit_of[code] and not said.get(field) and field not in self.errors:
                self.add_error(field, _("Pilih unit untuk layanan ini."))
        return said

    def units_by_code(self) -> dict[str, Unit | None]:
        """The ticked services, each with the unit chosen for it."""
        said = self.cleaned_data
        return {code: self.units.get(said.get(f"unit_{self.unit_of[code]}") or 0) for code in said["codes"]}

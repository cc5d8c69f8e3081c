"""The form of counters."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.data.idempotency import new_key
from ula_portal.core.models import Location
from ula_portal.core.text.fields import IntegerField, LineField

MOST_COUNTERS = 20


class CountersForm(forms.Form):
    key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_key)
    place = forms.ChoiceField(label=gettext_lazy("Ruang tunggu"), required=False)
    name = LineField(
        label=gettext_lazy("Nama ruang tunggu"),
        max_length=120,
        initial="Ruang Layanan",
        help_text=gettext_lazy("Namanya tampil pada layar antrean."),
    )
    count = IntegerField(label=gettext_lazy("Jumlah loket"), min_value=1, max_value=MOST_COUNTERS, initial=3)
    field_order = ["key", "place", "count", "name"]

    def __init__(self, *args: Any, places: list[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(place.pk): place for place in places}
        if places:
            del self.fields["name"]
            self.fields["count"].label, self.fields["count"].initial = _("Tambahan loket"), 1
            self.fields["place"].choices = [(pk, place.name) for pk, place in self.places.items()]
        if len(places) < 2:
            del self.fields["place"]

    @property
    def chosen(self) -> dict[str, Any]:
        """Arguments of ``open_counters`` from a valid form."""
        data = self.cleaned_data
        place = self.places.get(data.get("place", "")) or next(iter(self.places.values()), None)
        return {"place": place, "name": data.get("name", ""), "count": data["count"], "key": data["key"]}

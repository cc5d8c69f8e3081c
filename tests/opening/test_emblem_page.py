"""The step of the emblem."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories.core import make_user
from tests.factories.pages import as_user, text
from tests.factories.services import picture
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Office, Role
from ula_portal.core.office.actions.office import set_up_office

pytestmark = pytest.mark.django_db


def dark():
    return picture("logo.png", "#0A3640", size=(120, 120))


def test_the_logo_is_uploaded_judged_removed_and_taken_back():
    set_up_office(by=SYSTEM, name="Dinas", regency="Kabupaten Contoh")
    client, page = as_user(make_user(Role.ADMINISTRATOR)), reverse("opening_emblem")
    shown = text(client.post(page, {"picture": dark()}, follow=True))
    assert "Kami memberinya alas putih." in shown and "brand__emblem--plate" in shown
    shown = text(client.post(reverse("opening_emblem_remove"), follow=True))
    assert "Urungkan perubahan logo" in shown and Office.objects.get().emblem_id is None
    client.post(reverse("opening_emblem_restore"))
    office = Office.objects.get()
    assert office.emblem_id and office.emblem_on_light and office.earlier_emblem_id is None


def test_without_an_office_or_with_another_file_the_page_says_what_to_do():
    client, page = as_user(make_user(Role.ADMINISTRATOR)), reverse("opening_emblem")
    answer = client.post(page, {"picture": dark()})
    assert answer.status_code == 422 and "Isi nama kantor terlebih dahulu." in text(answer)
    answer = client.post(page, {"picture": SimpleUploadedFile("logo.svg", b"<svg><script/></svg>")})
    assert answer.status_code == 422 and "Pilih" in text(answer)
    for name in ("opening_emblem_remove", "opening_emblem_restore"):
        assert "Isi nama kantor terlebih dahulu." in text(client.post(reverse(name), follow=True))

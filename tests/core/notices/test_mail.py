"""Every mail greets and says who sends it, so that nobody takes it for a fraud."""

import pytest
from django.core import mail as outbox
from django.urls import reverse

from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Office
from ula_portal.core.notices.mail import addressed
from ula_portal.core.office.actions import people

pytestmark = pytest.mark.django_db
GREETING, CLOSING = "Yth. Bapak/Ibu,\n\n", "\n\nHormat kami,\nDinas Pendidikan Kabupaten Contoh\nTelepon 0622 1234"


@pytest.fixture
def office():
    return Office.objects.create(name="Dinas Pendidikan", regency="Kabupaten Contoh", phone="0622 1234")


def test_a_notice_stands_between_salutation_and_sender(office):
    assert addressed("Isi.") == f"{GREETING}Isi.{CLOSING}"


def test_without_telephone_or_office_the_mail_still_says_who_writes(office):
    Office.objects.update(phone="")
    assert addressed("Isi.").endswith("Hormat kami,\nDinas Pendidikan Kabupaten Contoh")
    Office.objects.all().delete()
    assert addressed("Isi.").endswith("Hormat kami,\nPortal ULA")


def test_mails_about_accounts_do_the_same(client, office):
    people.create_staff_member(by=SYSTEM, email="nama@example.id", full_name="Nama", password="kata-sandi-lama-1")
    client.post(reverse("account_reset_password"), {"email": "nama@example.id"})
    body = outbox.outbox[-1].body
    assert body.startswith(GREETING) and CLOSING in body

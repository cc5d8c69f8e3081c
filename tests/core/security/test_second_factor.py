"""Staff may work without a second factor for some days; after that no staff page opens without one."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.core import make_user
from ula_portal.core import clock
from ula_portal.core.models import Role
from ula_portal.core.security import second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def official(client):
    user = make_user(Role.OFFICIAL)
    client.force_login(user)
    return user


def test_the_start_page_reminds_while_the_grace_lasts(client, official):
    response = client.get(reverse("staff_home"))
    assert response.status_code == 200
    assert reverse("mfa_activate_totp") in response.content.decode()


@pytest.mark.parametrize("name", ["staff_home", "admin:index"])
def test_after_the_grace_no_staff_page_opens(client, official, name):
    last_day = second_factor.owed_from(official)
    with clock.at(datetime.datetime.combine(last_day, datetime.time(8), clock.OFFICE_ZONE)):
        response = client.get(reverse(name))
        assert response.status_code == 302
        assert response.url == reverse("mfa_activate_totp")


def test_public_pages_stay_open(client, official):
    later = clock.now() + datetime.timedelta(days=400)
    with clock.at(later):
        assert client.get(reverse("privacy")).status_code == 200


def test_with_a_second_factor_work_goes_on(client, official):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(official, generate_totp_secret())
    with clock.at(clock.now() + datetime.timedelta(days=400)):
        response = client.get(reverse("staff_home"))
        assert response.status_code == 200
        assert reverse("mfa_activate_totp") not in response.content.decode()

"""What the page of the office says of an office that has services."""

import pytest

from services.models import LetterTemplate
from ula_portal.opening.overview import overview

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]


def test_services_and_sops_in_force_are_told_apart_from_those_that_are_not(world):
    steps = {each.step.key: each for each in overview().steps}
    assert steps["sops"].state == steps["services"].state == "done"
    assert "1 SOP belum mempunyai versi yang berlaku." in [str(gap.words) for gap in steps["sops"].gaps]
    services = [str(gap.words) for gap in steps["services"].gaps]
    assert any(words.endswith("layanan belum mempunyai templat surat.") for words in services)
    LetterTemplate.objects.update(is_refusal=False)
    services = next(each for each in overview().steps if each.step.key == "services")
    assert "Templat surat penolakan belum ada." in [str(gap.words) for gap in services.gaps]

"""The letter of a service with sample data, and a template of its own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from services.letters.actions.issuing import TEMPLATE, context_of, ensure_letter_templates
from services.permissions import may_publish_services
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused

from ..actions.letters import make_letter_template
from ..forms.making import NewTemplateForm
from ..queries import facts
from ..rules.parts import part_address, part_of
from .page import service_page


@service_page
@require_safe
def sample_letter(request, service):
    """The letter as paper, filled with sample data. Nothing is stored."""
    letter = facts.sample_letter(service)
    if letter is None:
        raise Http404
    return render(request, TEMPLATE, context_of(letter, draft=True))


@service_page
@require_POST
def add_template(request, service):
    """Give the service a letter template of its own, or the office those that come with the portal."""
    letter = redirect(part_address(service, part_of("letter_template_id")))
    if request.POST.get("do") == "defaults":
        if not may_publish_services(request.user):
            raise PermissionDenied
        ensure_letter_templates()
        messages.success(request, _("Templat bawaan dipasang. Sesuaikan isinya dengan kantor Anda."))
        return letter
    form = NewTemplateForm("", request.POST)
    if form.is_valid():
        try:
            make_letter_template(service, by=staff(request.user), **form.cleaned_data)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Templat dibuat dan dipilih. Sesuaikan isinya."))
    else:
        messages.error(request, _("Isi nama templat."))
    return letter

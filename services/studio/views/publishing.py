"""Publishing a service or its changes, asking for it, discarding, and the comparison with what is published."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from services.catalogue.actions.publishing import withdraw_service
from ula_portal.core.journal.actors import staff
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Refused

from ..actions import publishing as verbs
from ..forms.requirements import condition_words
from ..queries import editing
from ..rules.parts import PARTS, address_of, part_address, part_of
from ..rules.values import REQUIREMENTS, service_values
from .page import FORMS, choices_for, frame, label_of, service_page

PART = PARTS[-1]


def comparison(request, service):
    """What the public will see differently: label, address, published and new words of each changed field."""
    changed = editing.draft_of(service).values
    if not changed:
        return []
    published = service_values(service)
    choices = choices_for(request, service)
    forms = {slug: form(choices=choices) for slug, form in FORMS.items()}
    rows = []
    for name, new in changed.items():
        part = part_of(name)
        if name == REQUIREMENTS:
            old_words, new_words = _listed(editing.stored_requirements(service)), _listed(new)
        else:
            form = forms[part.slug]
            old_words, new_words = form.in_words(name, published[name]), form.in_words(name, new)
        rows.append({"label": label_of(name), "url": address_of(service, name), "old": old_words, "new": new_words})
    return rows


def _listed(requirements):
    return "\n".join(
        f"{n}. {row['text']}" + (f" ({condition_words(row['show_if'])})" if row["show_if"] else "")
        for n, row in enumerate(requirements, 1)
    )


@service_page
@require_POST
def publish(request, service):
    """Publish, publish changes, withdraw or ask for publication, by the button that was pressed."""
    by, revision = staff(request.user), row_id(request.POST.get("revision"))
    acts = {
        "publish": (
            lambda: verbs.publish_prepared(service, by=by),
            _("Layanan diterbitkan. Masyarakat sudah dapat melihatnya."),
        ),
        "changes": (
            lambda: verbs.publish_changes(service, by=by, revision=revision),
            _("Perubahan diterbitkan. Masyarakat sudah dapat melihatnya."),
        ),
        "ask": (lambda: verbs.ask_publication(service, by=by), _("Administrator sudah diberi tahu.")),
        "withdraw": (
            lambda: withdraw_service(service, by=by),
            _("Layanan ditarik. Permohonan yang berjalan tetap diselesaikan."),
        ),
    }
    if request.POST.get("do") not in acts:
        raise Http404
    act, words = acts[request.POST["do"]]
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, words)
    return redirect(part_address(service, PART))


@service_page
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request, service):
    """Ask whether the changes are to be discarded, showing them, and discard them."""
    if request.method == "POST":
        try:
            verbs.discard_changes(service, by=staff(request.user), revision=row_id(request.POST.get("revision")))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Perubahan dibuang. Halaman masyarakat tetap seperti semula."))
        return redirect(part_address(service, PART))
    differences = comparison(request, service)
    if not differences:
        return redirect(part_address(service, PART))
    context = frame(request, service, PART) | {"differences": differences}
    return render(request, "services/studio/discard.html", context)

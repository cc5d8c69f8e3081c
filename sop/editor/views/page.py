"""The common base of the editor's pages: the draft, access to it, and the frame around the parts."""

import functools

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from sop.approval.queries import corrections, review
from sop.drafting.queries import editing, workbench
from sop.permissions import loses_approval, may_edit, may_start
from sop.rules import findings
from sop.rules.queries import flows
from ula_portal.core.security.access import allowed

from ..forms.identity import IdentityForm
from ..forms.steps import DraftStepForm

PARTS = (
    ("sop_edit_identity", gettext_lazy("Identitas")),
    ("sop_edit_actors", gettext_lazy("Pelaksana")),
    ("sop_edit", gettext_lazy("Langkah")),
    ("sop_edit_check", gettext_lazy("Periksa dan ajukan")),
)

# Session key for the drafts that a head of office edits, knowing that they then can no longer approve them.
OWN_EDITING, MOST_REMEMBERED = "sop_own_editing", 50


def drafter_page(view):
    """A page for users who may write SOPs. Browsers must not cache it, so that going back shows the stored state."""
    return allowed(may_start)(never_cache(view))


def version_draft_page(view):
    """A page of one draft. The view gets the version instead of its id; drafts of other units are not found."""

    @functools.wraps(view)
    def wrapped(request, pk, *args, **kwargs):
        version = editing.draft_for(request.user, pk) or workbench.written_for(request.user, pk)
        if version is None:
            raise Http404
        if may_edit(request.user, version):
            return view(request, version, *args, **kwargs)
        return _closed(request, version)

    return drafter_page(wrapped)


def editing_page(view):
    """A page on which a draft is changed.

    A head of office is asked to confirm once per session, because they then can no longer approve the version.
    """

    @functools.wraps(view)
    def wrapped(request, version, *args, **kwargs):
        if loses_approval(request.user, version) and version.pk not in request.session.get(OWN_EDITING, []):
            return ask_before_editing(request, version)
        return view(request, version, *args, **kwargs)

    return version_draft_page(wrapped)


def ask_before_editing(request, version):
    """The page that asks a head of office to confirm. It shows the input that was not saved."""
    context = {"version": version, "crumbs": crumbs(version), "unsaved": _unsaved(request)}
    status = 200 if request.method in ("GET", "HEAD") else 409
    return render(request, "sop/editor/ask.html", context, status=status)


def edits_own(request, version) -> None:
    """Remember in the session that a head of office confirmed editing a draft."""
    known = [pk for pk in request.session.get(OWN_EDITING, []) if pk != version.pk]
    request.session[OWN_EDITING] = [*known[-MOST_REMEMBERED:], version.pk]


def _closed(request, version):
    """The page that says that the version is no longer a draft. It shows the input that was not saved."""
    context = {"version": version, "crumbs": crumbs(version), "unsaved": _unsaved(request)}
    status = 200 if request.method in ("GET", "HEAD") else 409
    return render(request, "sop/editor/closed.html", context, status=status)


def _unsaved(request):
    """The posted texts that are not saved, as (label, text)."""
    labels = {name: field.label for form in (DraftStepForm, IdentityForm) for name, field in form.base_fields.items()}
    return [(labels[name], text) for name, text in request.POST.items() if name in labels and text.strip()]


def crumbs(version):
    return [{"label": _("SOP"), "url": reverse("sop_drafts")}, {"label": version.title}]


def page(request, version, part, template, context, status=200):
    """Render a part of the editor in its frame. ``context`` may contain the ``findings`` to save queries."""
    found = context["findings"] if "findings" in context else flows.findings_of(version)
    frame = {
        "version": version,
        "crumbs": crumbs(version),
        "part": part,
        "parts": [(name, label, reverse(name, args=[version.pk])) for name, label in PARTS],
        "error_count": len(findings.errors(found)),
        "returned": review.return_of(version),
        "open_corrections": corrections.open_corrections(version),
    }
    return render(request, template, {**frame, **context}, status=status)


def fragments(request, version, context, status=200):
    """The response to an autosave: fragments for htmx to replace, but never the form the user is typing in."""
    found = context["findings"] if "findings" in context else flows.findings_of(version)
    frame = {"version": version, "error_count": len(findings.errors(found))}
    response = render(request, "sop/editor/_saved.html", {**frame, **context}, status=status)
    # By this header, the page's script can tell the response from a log-in page.
    response["X-Saved"] = "1"
    return response


def changed_by_others(request, version) -> bool:
    """Whether somebody else changed the draft since the posting page was loaded. Call it before saving."""
    try:
        seen = int(request.POST.get("revision", ""))
    except ValueError:
        return False
    return version.revision > seen and version.edited_by_id not in (None, request.user.pk)


def to_step(version, step_id, focus=""):
    """Redirect to the editor with a step open. ``focus``: the part of it that gets the focus."""
    address = reverse("sop_edit_step", args=[version.pk, step_id])
    return redirect(f"{address}{'?fokus=' + focus if focus else ''}#langkah-{step_id}")

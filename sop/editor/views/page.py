"""What every page of the editor stands on: the draft, who may open it, and what all of them show."""

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
from ..forms.steps import StepForm

PARTS = (
    ("sop_edit_identity", gettext_lazy("Identitas")),
    ("sop_edit_actors", gettext_lazy("Pelaksana")),
    ("sop_edit", gettext_lazy("Langkah")),
    ("sop_edit_check", gettext_lazy("Periksa dan ajukan")),
)

# Drafts that a head of office edits knowing that they then cannot approve them: key in the session.
OWN_EDITING, MOST_REMEMBERED = "sop_own_editing", 50


def drafter_page(view):
    """A page for who may write SOPs; never kept by a browser, since going back must show what is stored."""
    return allowed(may_start)(never_cache(view))


def draft_page(view):
    """A page of one draft: the view gets the version instead of its key; others' drafts do not exist."""

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
    """A page of a draft that changes it: a head of office is asked before the first time, since it costs the approval.

    Whoever said yes is not asked again in this session.
    """

    @functools.wraps(view)
    def wrapped(request, version, *args, **kwargs):
        if loses_approval(request.user, version) and version.pk not in request.session.get(OWN_EDITING, []):
            return ask(request, version)
        return view(request, version, *args, **kwargs)

    return draft_page(wrapped)


def ask(request, version):
    """The page that asks a head of office; what was typed meanwhile stands on it."""
    context = {"version": version, "crumbs": crumbs(version), "typed": _typed(request)}
    status = 200 if request.method in ("GET", "HEAD") else 409
    return render(request, "sop/editor/ask.html", context, status=status)


def edits_own(request, version) -> None:
    """Remember that a head of office wants to edit a draft, knowing what it costs."""
    known = [pk for pk in request.session.get(OWN_EDITING, []) if pk != version.pk]
    request.session[OWN_EDITING] = [*known[-MOST_REMEMBERED:], version.pk]


def _closed(request, version):
    """The draft became something else meanwhile: say what, instead of a page that does not exist."""
    context = {"version": version, "crumbs": crumbs(version), "typed": _typed(request)}
    status = 200 if request.method in ("GET", "HEAD") else 409
    return render(request, "sop/editor/closed.html", context, status=status)


def _typed(request):
    """What a form brought that is not saved: labels with texts."""
    labels = {name: field.label for form in (StepForm, IdentityForm) for name, field in form.base_fields.items()}
    return [(labels[name], text) for name, text in request.POST.items() if name in labels and text.strip()]


def crumbs(version):
    return [{"label": _("SOP"), "url": reverse("sop_drafts")}, {"label": version.title}]


def page(request, version, part, template, context, status=200):
    """Render a part of the editor within its frame; ``context`` may bring the ``findings`` along."""
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
    """The answer to an autosave: pieces that htmx puts in their places, never the form that is being typed in."""
    found = context["findings"] if "findings" in context else flows.findings_of(version)
    frame = {"version": version, "error_count": len(findings.errors(found))}
    response = render(request, "sop/editor/_saved.html", {**frame, **context}, status=status)
    # By this the page's script knows our answer from a log-in page's.
    response["X-Sop-Editor"] = "1"
    return response


def changed_by_others(request, version) -> bool:
    """Whether somebody else changed the draft after the page that sent this was loaded; asked before saving."""
    try:
        seen = int(request.POST.get("revision", ""))
    except ValueError:
        return False
    return version.revision > seen and version.edited_by_id not in (None, request.user.pk)


def to_step(version, step_id, focus=""):
    """Back to the editor with this step open; ``focus``: which part of it gets the focus."""
    address = reverse("sop_edit_step", args=[version.pk, step_id])
    return redirect(f"{address}{'?fokus=' + focus if focus else ''}#langkah-{step_id}")

"""The page for pasting rows of a spreadsheet into a draft: first a preview of what was read, then the paste."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sop.approval.queries import panel
from sop.drafting.actions import pasting
from sop.drafting.queries import workbench
from sop.exchange import rows
from sop.models import Step
from sop.rules.durations import duration_in_words
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused

from ..forms.paste import PasteForm
from .page import editing_page, page


@editing_page
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request, version):
    form = PasteForm(request.POST or None)
    parsed = None
    if form.is_valid():
        known = [actor.name for actor in panel.actors_of(version)]
        parsed = rows.parse_table(form.table(), actors=known)
        if not parsed.steps and not parsed.problems:
            form.add_error("text", _("Tidak ada langkah yang terbaca dari isi ini."))
        elif request.POST.get("do") == "put" and not parsed.problems:
            response = _paste(request, version, form, parsed)
            if response is not None:
                return response
    context = {
        "form": form,
        "parsed": parsed,
        "problems": parsed.problems if parsed else [],
        "has_steps": workbench.has_steps(version),
        "new_actors": _new_actors(version, parsed),
        "read_steps": [_shown(step) for step in parsed.steps] if parsed else [],
    }
    status = 422 if form.errors or (parsed and parsed.problems) else 200
    return page(request, version, "sop_edit", "sop/editor/paste.html", context, status)


def _paste(request, version, form, parsed):
    try:
        pasting.paste_steps(
            version,
            by=staff(request.user),
            rows=parsed.steps,
            replace=form.cleaned_data["replace"],
            key=form.cleaned_data["key"],
        )
    except Refused as error:
        form.add_error(None, str(error))
        return None
    count = len(parsed.steps)
    success = ngettext("%(n)s langkah dimasukkan.", "%(n)s langkah dimasukkan.", count) % {"n": count}
    messages.success(request, success)
    return redirect("sop_edit", version.pk)


def _shown(step):
    """A step dict with added words, for the preview."""
    time = step["time_text"] or duration_in_words(step["minutes"] and step["minutes"] * 60)
    if step["shape"] == "decision":
        exits = ((step["yes_label"] or _("Ya"), step["if_yes"]), (step["no_label"] or _("Tidak"), step["if_no"]))
        leads = "; ".join(f"{label} → {no}" for label, no in exits if no)
    else:
        leads = f"→ {step['next']}" if step["next"] else ""
    label = dict(Step.Shape.choices)[step["shape"]]
    per_item = time and step["per_item"]
    return step | {
        "time": _("%(time)s per berkas") % {"time": time} if per_item else time,
        "leads": leads,
        "shape_label": label,
    }


def _new_actors(version, parsed):
    if parsed is None:
        return []
    known = {actor.name for actor in panel.actors_of(version)}
    return [name for name in parsed.actors if name not in known]

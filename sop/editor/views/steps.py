"""The page of a draft's steps: a list with one step open, and the flowchart."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sop.drafting.actions import copies, draft, removal, splitting
from sop.drafting.actions.steps import add_step, move_step, save_step
from sop.drafting.queries import editing
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.web.field_saving import saving

from ..forms.steps import DraftStepForm
from .page import changed_by_others, editing_page, fragments, page, to_step
from .step_list import StepList


@editing_page
@require_safe
def steps(request, version):
    """All steps, with none open. ``?dihapus=``: id of the step that was just removed."""
    return _page(request, StepList(version))


@editing_page
@require_http_methods(["GET", "HEAD", "POST"])
def step(request, version, step_id):
    """One step open. A POST saves it and then does what ``do`` says."""
    listed = StepList(version, step_id)
    if request.method != "POST":
        if listed.open is None:
            return _closed_step(listed, step_id)
        return _page(request, listed, saving.opened(listed.form(values=listed.values()), listed.values()))
    if request.POST.get("do") == "restore":
        return _put_back(request, version, step_id)
    if listed.open is None:
        return _gone(request, listed)
    note = changed_by_others(request, version)
    attempt = _save(request, listed)
    if isinstance(attempt.error, draft.StepGone):
        return _gone(request, StepList(version, step_id))
    version = editing.draft_for(request.user, version.pk) or version
    if request.htmx:
        context = _context(StepList(version, step_id), attempt)
        context |= {"note": note, "form_id": "langkah", "stale": request.POST.get("order") != context["order"]}
        return fragments(request, version, context, attempt.status)
    if request.POST.get("do") == "remove":
        return _remove(request, version, listed.open)
    if not attempt.settled:
        return _page(request, StepList(version, step_id), attempt, attempt.status)
    return _go_on(request, version, listed)


def _save(request, listed, data=None):
    attempt = saving.save(
        request.POST if data is None else data,
        listed.form,
        lambda fields, was: save_step(listed.open, by=staff(request.user), fields=fields, was=was),
        listed.stored_values,
    )
    if attempt.error and not attempt.error.field:
        attempt.form.add_error(None, str(attempt.error))
    return attempt


def _go_on(request, version, listed):
    """After saving: move or split the step, insert one, or open the next one."""
    opened, do, key = listed.open, request.POST.get("do", ""), request.POST.get("key", "")[:64]
    try:
        if do in ("up", "down"):
            moved = move_step(opened, by=staff(request.user), to_no=opened.no + (1 if do == "down" else -1))
            messages.success(request, _("Langkah dipindahkan menjadi nomor %(no)s.") % {"no": moved.no})
            return to_step(version, opened.pk, do)
        if do == "split":
            made = splitting.split_step(opened, by=staff(request.user), key=key)
            messages.success(request, _("Langkah dipisah. Sesuaikan uraian keduanya."))
            return to_step(version, made.pk, "isi")
        following = listed.following
        if do == "add" or (do == "next" and following is None):
            return to_step(version, add_step(version, by=staff(request.user), after_no=opened.no, key=key).pk, "isi")
        if do == "next":
            return to_step(version, following.id, "isi")
    except Refused as error:
        messages.error(request, str(error))
        return to_step(version, opened.pk)
    messages.success(request, _("Langkah %(no)s tersimpan.") % {"no": opened.no})
    return to_step(version, opened.pk)


def _remove(request, version, step):
    try:
        removed = removal.remove_step(step, by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
        return to_step(version, step.pk)
    return redirect(f"{reverse('sop_edit', args=[version.pk])}?dihapus={removed.pk}")


def _closed_step(listed, step_id):
    """Redirect from a step that does not exist to the list, which offers to restore it."""
    removed = listed.removed_step(step_id)
    address = reverse("sop_edit", args=[listed.version.pk])
    return redirect(f"{address}?dihapus={removed.pk}" if removed else address)


def _gone(request, listed):
    """The page after somebody removed the step: the input is kept, and the step can be restored or added again."""
    attempt = saving.Attempt(listed.form(request.POST), {})
    removed = listed.removed_step(listed.open_id) or {"pk": None}
    if request.htmx:
        context = {"gone": removed, "attempt": attempt, "form_id": "langkah"}
        return fragments(request, listed.version, context, 409)
    return _page(request, listed, attempt, 409, gone=removed)


def _put_back(request, version, step_id):
    """Restore a removed step, or add a new one instead, and save the user's input in it."""
    listed = StepList(version, step_id)
    if listed.open is None:
        removed = listed.removed_step(step_id)
        try:
            made = removal.restore_step(removed, by=staff(request.user)) if removed else None
            made = made or add_step(version, by=staff(request.user), key=request.POST.get("key", "")[:64])
        except Refused as error:
            messages.error(request, str(error))
            return _gone(request, listed)
        listed = StepList(version, made.pk)
    data = request.POST.copy()
    data["was"], data["clash"] = DraftStepForm.write_was(listed.values()), ""
    attempt = _save(request, listed, data)
    if not attempt.settled:
        return _page(request, StepList(version, listed.open_id), attempt, attempt.status)
    messages.success(request, _("Langkah %(no)s ada kembali dengan isian Anda.") % {"no": listed.open.no})
    return to_step(version, listed.open_id)


@editing_page
@require_POST
def add(request, version):
    """Add a step at the end, or after step number ``after``."""
    after, key = request.POST.get("after", ""), request.POST.get("key", "")[:64]
    after_no = int(after) if after.isascii() and after.isdigit() and len(after) < 4 else None
    try:
        made = add_step(version, by=staff(request.user), after_no=after_no, key=key)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("sop_edit", version.pk)
    return to_step(version, made.pk, "isi")


@editing_page
@require_POST
def restore(request, version, removed_id):
    """Undo a removal."""
    removed = next((each for each in editing.removed_steps(version) if each.pk == removed_id), None)
    if removed is None:
        messages.warning(request, _("Langkah itu sudah dikembalikan."))
        return redirect("sop_edit", version.pk)
    try:
        restored = removal.restore_step(removed, by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
        return redirect("sop_edit", version.pk)
    messages.success(request, _("Langkah %(no)s dikembalikan.") % {"no": restored.no})
    return to_step(version, restored.pk, "judul")


@editing_page
@require_POST
def restore_copy(request, version, copy_id):
    """Restore a copy of the draft from before a paste or an import."""
    copy = next((each for each in editing.copies_of(version) if each.pk == copy_id), None)
    if copy is None:
        messages.warning(request, _("Salinan itu tidak ada lagi."))
        return redirect("sop_edit", version.pk)
    try:
        copies.restore_copy(copy, by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Draf dikembalikan ke salinan itu. Isi sebelumnya disimpan sebagai salinan baru."))
    return redirect("sop_edit", version.pk)


def _context(listed, attempt):
    return {
        "listed": listed,
        "findings": listed.found,
        "attempt": attempt,
        "order": listed.order,
        "preview": listed.preview(),
    }


def _page(request, listed, attempt=None, status=200, gone=None):
    removed = request.GET.get("dihapus", "")
    context = _context(listed, attempt) | {
        "gone": gone,
        "just_removed": next((each for each in listed.removed if str(each.pk) == removed), None),
        "copies": editing.copies_of(listed.version),
        "focus": request.GET.get("fokus", ""),
    }
    if attempt:
        attempt.form.focus("activity" if context["focus"] == "isi" else context["focus"])
    return page(request, listed.version, "sop_edit", "sop/editor/steps.html", context, status)

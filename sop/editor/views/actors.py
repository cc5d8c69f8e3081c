"""The page of a draft's actors: the columns of its table, each with its own form."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sop.approval.queries import panel
from sop.drafting.actions.actors import add_actor, move_actor, remove_actor, save_actor
from sop.drafting.actions.positions import ActorChoice, confirm_actors
from sop.drafting.queries import editing, workbench
from sop.models import SopActor
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.web.field_saving import saving

from ..forms.actors import ActorForm
from .page import changed_by_others, editing_page, fragments, page


@editing_page
@require_safe
def actors(request, version):
    return _page(request, version)


@editing_page
@require_POST
def add(request, version):
    form = ActorForm(_positions(), request.POST, prefix="baru")
    if form.is_valid():
        chosen = {name: form.cleaned_data[name] for name in ("name", "kind", "position_id", "key")}
        try:
            actor = add_actor(version, by=staff(request.user), **chosen)
        except Refused as error:
            form.refuse(error.field or "name", str(error))
        else:
            messages.success(request, _("Pelaksana “%(name)s” ditambahkan.") % {"name": actor.name})
            return redirect(f"{reverse('sop_edit_actors', args=[version.pk])}?fokus=baru#baru")
    return _page(request, version, new=form, status=422)


@editing_page
@require_POST
def change(request, version, actor_id):
    """Save an actor. ``do`` = left, right or remove also moves or removes it."""
    actor = next((each for each in panel.actors_of(version) if each.pk == actor_id), None)
    if actor is None:
        messages.warning(request, _("Pelaksana itu sudah dihapus oleh orang lain."))
        return redirect("sop_edit_actors", version.pk)
    note = changed_by_others(request, version)
    positions = _positions()
    attempt = saving.save(
        request.POST,
        lambda data: ActorForm(positions, data, prefix=_prefix(actor)),
        lambda fields, was: save_actor(actor, by=staff(request.user), fields=fields, was=was),
        lambda: editing.actor_values(_again(version, actor)),
    )
    version = editing.draft_for(request.user, version.pk) or version
    if request.htmx:
        context = {"attempt": attempt, "note": note, "form_id": _form_id(actor)}
        return fragments(request, version, context, attempt.status)
    do = request.POST.get("do", "")
    if do == "remove" or (attempt.settled and do in ("left", "right")):
        return _move_or_remove(request, version, actor, do)
    if attempt.settled:
        _confirm(request, version, actor, attempt.was)
        return redirect("sop_edit_actors", version.pk)
    return _page(request, version, failed=(actor.pk, attempt), status=attempt.status)


def _confirm(request, version, actor, values):
    """Confirm an actor, because saving it by hand means that it is right, even if nothing was changed."""
    choice = ActorChoice(values["kind"], values["position_id"])
    if not actor.confirmed and (choice.position_id or choice.kind != SopActor.Kind.POSITION):
        try:
            confirm_actors(version, by=staff(request.user), mapping={actor.pk: choice})
        except Refused as error:
            messages.warning(request, str(error))
            return
    messages.success(request, _("Pelaksana “%(name)s” tersimpan.") % {"name": values["name"]})


def _move_or_remove(request, version, actor, do):
    address = reverse("sop_edit_actors", args=[version.pk])
    try:
        if do == "remove":
            remove_actor(actor, by=staff(request.user))
            messages.success(request, _("Pelaksana “%(name)s” dihapus.") % {"name": actor.name})
            return redirect(address)
        move_actor(actor, by=staff(request.user), to_order=actor.order + (1 if do == "right" else -1))
    except Refused as error:
        messages.error(request, str(error))
    return redirect(f"{address}?fokus={actor.pk}-{do}#pelaksana-{actor.pk}")


def _again(version, actor):
    found = next((each for each in panel.actors_of(version) if each.pk == actor.pk), None)
    if found is None:
        raise Http404
    return found


def _prefix(actor):
    return f"a{actor.pk}"


def _form_id(actor):
    return f"form-{actor.pk}"


def _positions():
    return workbench.positions_to_choose()


def _page(request, version, new=None, failed=(None, None), status=200):
    positions = _positions()
    acting = workbench.acting_counts(version)
    columns = []
    for actor in panel.actors_of(version):
        values = editing.actor_values(actor)
        attempt = saving.opened(ActorForm(positions, values=values, prefix=_prefix(actor)), values)
        attempt = failed[1] if actor.pk == failed[0] else attempt
        columns.append(
            {"actor": actor, "attempt": attempt, "acts": acting.get(actor.pk, 0), "form_id": _form_id(actor)}
        )
        who, _dash, what = request.GET.get("fokus", "").partition("-")
        columns[-1]["focus"] = what if who == str(actor.pk) else ""
    context = {"columns": columns, "new": new or ActorForm(positions, prefix="baru")}
    return page(request, version, "sop_edit_actors", "sop/editor/actors.html", context, status)

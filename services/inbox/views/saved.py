"""The page of saved filters: saving, renaming, sharing, deleting."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core.data.idempotency import renew_key
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from ..actions.saved_filters import change_filter, delete_filter, save_filter
from ..forms import SavedFilterForm
from ..queries import filters as inbox_filters
from ..queries import inbox
from .inbox import InboxQuery, staff_only


@staff_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_filters(request):
    """The list of saved filters. POST saves the filters that are in the address."""
    scope = inbox.scope_of(request.user)
    units = inbox_filters.units_of(scope)
    if request.method != "POST":
        return _filters_page(request, scope, units)
    inbox_query = InboxQuery(request, scope)
    form = SavedFilterForm(request.POST, units=units)
    if form.is_valid():
        try:
            saved = save_filter(
                by=staff(request.user),
                name=form.cleaned_data["name"],
                choice={"tab": inbox_query.tab, **inbox_query.choice.as_query()},
                words=inbox_query.words,
                unit=form.chosen_unit(),
                key=form.cleaned_data["key"],
            )
        except Refused as error:
            form.add_error(error.field, str(error))
            if isinstance(error, Outdated):
                renew_key(form)
        else:
            messages.success(request, _("Saringan “%(name)s” tersimpan.") % {"name": saved.name})
            return redirect(f"{reverse('case_list')}{inbox_query.address(dari=saved.pk)}")
    return _filters_page(request, scope, units, form=form, inbox_query=inbox_query)


def _filters_page(request, scope, units, *, form=None, inbox_query=None, failed=None):
    """The page, with ``form`` as it was sent: for a new filter, or for the filter with the id ``failed``."""
    own, others = [], []
    for saved in inbox_filters.saved_filters(scope):
        if saved.owner_id == request.user.pk:
            now = {"name": saved.name, "unit": saved.unit_id or ""}
            unchanged = SavedFilterForm(initial=now, units=units, prefix=f"s{saved.pk}")
            saved.form = form if saved.pk == failed else unchanged
            own.append(saved)
        else:
            saved.may_delete = saved.unit_id in scope.led_unit_ids
            others.append(saved)
    context = {"own": own, "others": others, "form": form if inbox_query else None, "inbox_query": inbox_query}
    context["crumbs"] = [{"label": _("Pekerjaan"), "url": reverse("case_list")}, {"label": _("Saringan tersimpan")}]
    return render(request, "services/inbox/saved_filters.html", context, status=422 if form else 200)


@staff_only
@require_POST
def case_filter(request, pk):
    """Rename, share or delete a filter (``do``: delete)."""
    scope = inbox.scope_of(request.user)
    units = inbox_filters.units_of(scope)
    form = SavedFilterForm(request.POST, units=units, prefix=f"s{pk}")
    try:
        if request.POST.get("do") == "delete":
            delete_filter(inbox_filters.filter_by_id(pk), by=staff(request.user))
            messages.success(request, _("Saringan dihapus."))
        elif not form.is_valid():
            return _filters_page(request, scope, units, form=form, failed=pk)
        else:
            saved = inbox_filters.filter_by_id(pk)
            saved = change_filter(
                saved, by=staff(request.user), name=form.cleaned_data["name"], unit=form.chosen_unit()
            )
            messages.success(request, _("Saringan “%(name)s” tersimpan.") % {"name": saved.name})
    except (NotAllowed, Outdated) as error:
        messages.warning(request, str(error))
    except Refused as error:
        form.add_error(error.field, str(error))
        return _filters_page(request, scope, units, form=form, failed=pk)
    return redirect("case_filters")

"""Filters of the inbox under a name: the page that keeps, renames, shares and deletes them."""

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
from .inbox import Inbox, staff_only


@staff_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_filters(request):
    """Filters kept under a name: the list of them; POST keeps the choice that stands in the address."""
    scope = inbox.scope_of(request.user)
    units = inbox_filters.units_of(scope)
    if request.method != "POST":
        return _filters_page(request, scope, units)
    asked = Inbox(request, scope)
    form = SavedFilterForm(request.POST, units=units)
    if form.is_valid():
        try:
            kept = save_filter(
                by=staff(request.user),
                name=form.cleaned_data["name"],
                choice={"tab": asked.tab, **asked.choice.as_query()},
                words=asked.words,
                unit=form.chosen_unit(),
                key=form.cleaned_data["key"],
            )
        except Refused as error:
            form.add_error(error.field, str(error))
            if isinstance(error, Outdated):
                renew_key(form)
        else:
            messages.success(request, _("Saringan “%(name)s” tersimpan.") % {"name": kept.name})
            return redirect(f"{reverse('case_list')}{asked.address(dari=kept.pk)}")
    return _filters_page(request, scope, units, form=form, asked=asked)


def _filters_page(request, scope, units, *, form=None, asked=None, failed=None):
    """``form``: one that keeps a new choice, or of the filter with the id ``failed``, with what was typed."""
    own, others = [], []
    for kept in inbox_filters.saved_filters(scope):
        if kept.owner_id == request.user.pk:
            was = {"name": kept.name, "unit": kept.unit_id or ""}
            kept.form = form if kept.pk == failed else SavedFilterForm(initial=was, units=units, prefix=f"s{kept.pk}")
            own.append(kept)
        else:
            kept.may_delete = kept.unit_id in scope.led_unit_ids
            others.append(kept)
    context = {"own": own, "others": others, "form": form if asked else None, "asked": asked}
    context["crumbs"] = [{"label": _("Pekerjaan"), "url": reverse("case_list")}, {"label": _("Saringan tersimpan")}]
    return render(request, "services/inbox/saved_filters.html", context, status=422 if form else 200)


@staff_only
@require_POST
def case_filter(request, pk):
    """Rename a filter, share it, delete it."""
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
            kept = change_filter(saved, by=staff(request.user), name=form.cleaned_data["name"], unit=form.chosen_unit())
            messages.success(request, _("Saringan “%(name)s” tersimpan.") % {"name": kept.name})
    except (NotAllowed, Outdated) as error:
        messages.warning(request, str(error))
    except Refused as error:
        form.add_error(error.field, str(error))
        return _filters_page(request, scope, units, form=form, failed=pk)
    return redirect("case_filters")

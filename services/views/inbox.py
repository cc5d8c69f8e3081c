"""The inbox: its tabs, filters and search."""

import secrets
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ula_portal.core.access import allowed
from ula_portal.core.errors import NotAllowed, Outdated, Refused
from ula_portal.core.search_terms import MAX_LENGTH, tidy

from ..actions.saved_filters import change_filter, delete_filter, save_filter
from ..forms.inbox import FilterForm, SavedFilterForm
from ..permissions import may_see_cases
from ..queries import inbox, inbox_filters
from ..queries.inbox_search import search_cases

# What was searched for stands in the session under an id of its own, so many of the latest: it names people, and
# addresses are logged.
SEARCHES, KEPT = "inbox_searches", 20
staff_only = allowed(may_see_cases)


class Inbox:
    """What one request for the inbox asks: tab, filters, words."""

    def __init__(self, request, reach):
        self.reach, self.query = reach, request.GET
        self.tab = request.GET.get("tab", "mine")
        if self.tab not in inbox.TABS:
            raise Http404
        self.search_id = request.GET.get("cari", "")
        self.words = request.session.get(SEARCHES, {}).get(self.search_id, "") if self.search_id else ""
        service = request.GET.get("service", "")
        self.form = FilterForm(
            request.GET,
            services=inbox_filters.services_with_cases(),
            steps=inbox_filters.steps_of(int(service)) if _is_id(service) else (),
        )
        self.choice = self.form.choice()

    @property
    def condition(self):
        return self.choice.condition(self.reach.at)

    def address(self, **changes):
        """The address of this choice with other values; None leaves a part out. Always begins at the first page."""
        said = {"tab": self.tab, **self.choice.as_query(), "cari": self.words and self.search_id, **changes}
        said = {name: value for name, value in said.items() if value not in (None, "")}
        return f"?{urlencode(said)}"

    @property
    def address_without_filters(self):
        return self.address(**dict.fromkeys(inbox_filters.Choice.names()))

    @property
    def address_without_words(self):
        return self.address(cari=None)

    def tabs(self):
        counts = inbox.inbox_counts(self.reach, self.condition)
        return [
            {
                "key": key,
                "label": inbox.TAB_LABELS[key],
                "count": capped(counts.get(key)),
                "url": self.address(tab=key, cari=None),
                "active": key == self.tab and not self.words,
            }
            for key in inbox.TABS
        ]

    def chips(self):
        """Each filter that is set, with the address that takes it off."""
        gone = {"service": {"service": None, "step": None}}
        return [
            {"label": label, "value": value, "url": self.address(**gone.get(name, {name: None}))}
            for name, label, value in self.form.chosen()
        ]


def _is_id(text):
    return text.isascii() and text.isdigit() and len(text) < 12


def capped(count):
    """A count as it is shown; None where nothing was counted."""
    if count is None:
        return None
    return f"{inbox.CAP}+" if count > inbox.CAP else count


@staff_only
@never_cache
@require_safe
def case_list(request):
    """The inbox of whoever is logged in: a tab, or what a search finds in all of them."""
    reach = inbox.reach_of(request.user)
    if "saringan" in request.GET:
        return _open_saved(request, reach)
    asked = Inbox(request, reach)
    context = {"asked": asked, "tab": asked.tab, "tabs": asked.tabs(), "chips": asked.chips(), "reach": reach}
    context |= {"saved": inbox_filters.saved_filters(reach), "done_days": inbox.DONE_DAYS}
    context["opened"] = int(request.GET["dari"]) if _is_id(request.GET.get("dari", "")) else None
    if asked.words:
        found = search_cases(reach, asked.words, asked.condition)
        context |= {"found": found, "rows": found.rows, "labels": True}
    else:
        if asked.search_id:
            messages.info(request, _("Pencarian ini sudah tidak tersimpan. Ketik lagi yang dicari."))
        page = inbox.cases_for(reach, asked.tab, asked.condition, cursor=request.GET.get("hal"))
        context |= {"page": page, "rows": page.rows}
    if asked.choice or asked.words:
        context["save_form"] = SavedFilterForm(units=inbox_filters.units_of(reach))
    return render(request, "services/cases/case_list.html", context)


def _open_saved(request, reach):
    """A filter kept under a name, opened as the address that it stands for."""
    pk = request.GET["saringan"]
    kept = inbox_filters.saved_filter(reach, int(pk)) if _is_id(pk) else None
    if kept is None:
        messages.info(request, _("Saringan ini sudah dihapus atau tidak lagi dibagikan kepada Anda."))
        return redirect("case_list")
    said = {**kept.choice, "dari": kept.pk}
    if kept.words:
        said["cari"] = remember(request, kept.words)
    return redirect(f"{reverse('case_list')}?{urlencode(said)}")


def remember(request, words) -> str:
    """Keep the words of a search on the server; returns their id. The same words again have the same id."""
    kept = request.session.get(SEARCHES, {})
    known = next((key for key, said in kept.items() if said == words), None)
    if known:
        return known
    key = secrets.token_urlsafe(6)
    latest = list(kept.items())[-(KEPT - 1) :]
    request.session[SEARCHES] = dict([*latest, (key, words)])
    return key


@staff_only
@require_POST
def case_search(request):
    """Search: the words come by POST and stay on the server, the address holds their id."""
    words = tidy(request.POST.get("q", "")[:MAX_LENGTH])
    said = {name: request.POST[name] for name in ("tab", *inbox_filters.Choice.names()) if request.POST.get(name)}
    if words:
        said["cari"] = remember(request, words)
    return redirect(f"{reverse('case_list')}?{urlencode(said)}")


@staff_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_filters(request):
    """Filters kept under a name: the list of them; POST keeps the choice that stands in the address."""
    reach = inbox.reach_of(request.user)
    units = inbox_filters.units_of(reach)
    if request.method != "POST":
        return _filters_page(request, reach, units)
    asked = Inbox(request, reach)
    form = SavedFilterForm(request.POST, units=units)
    if form.is_valid():
        try:
            kept = save_filter(
                request.user,
                name=form.cleaned_data["name"],
                choice={"tab": asked.tab, **asked.choice.as_query()},
                words=asked.words,
                unit=form.chosen_unit(),
                idempotency_key=form.cleaned_data["key"],
            )
        except Refused as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Saringan “%(name)s” tersimpan.") % {"name": kept.name})
            return redirect(f"{reverse('case_list')}{asked.address(dari=kept.pk)}")
    return _filters_page(request, reach, units, form=form, asked=asked)


def _filters_page(request, reach, units, *, form=None, asked=None, failed=None):
    """``form``: one that keeps a new choice, or of the filter with the id ``failed``, with what was typed."""
    own, others = [], []
    for kept in inbox_filters.saved_filters(reach):
        if kept.owner_id == request.user.pk:
            was = {"name": kept.name, "unit": kept.unit_id or ""}
            kept.form = form if kept.pk == failed else SavedFilterForm(initial=was, units=units, prefix=f"s{kept.pk}")
            own.append(kept)
        else:
            kept.may_delete = kept.unit_id in reach.led_unit_ids
            others.append(kept)
    context = {"own": own, "others": others, "form": form if asked else None, "asked": asked}
    context["crumbs"] = [{"label": _("Pekerjaan"), "url": reverse("case_list")}, {"label": _("Saringan tersimpan")}]
    return render(request, "services/cases/saved_filters.html", context, status=422 if form else 200)


@staff_only
@require_POST
def case_filter(request, pk):
    """Rename a filter, share it, delete it."""
    reach = inbox.reach_of(request.user)
    units = inbox_filters.units_of(reach)
    form = SavedFilterForm(request.POST, units=units, prefix=f"s{pk}")
    try:
        if request.POST.get("do") == "delete":
            delete_filter(pk, request.user)
            messages.success(request, _("Saringan dihapus."))
        elif not form.is_valid():
            return _filters_page(request, reach, units, form=form, failed=pk)
        else:
            kept = change_filter(pk, request.user, name=form.cleaned_data["name"], unit=form.chosen_unit())
            messages.success(request, _("Saringan “%(name)s” tersimpan.") % {"name": kept.name})
    except (NotAllowed, Outdated) as error:
        messages.warning(request, str(error))
    except Refused as error:
        form.add_error(error.field, str(error))
        return _filters_page(request, reach, units, form=form, failed=pk)
    return redirect("case_filters")

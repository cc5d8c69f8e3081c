"""The inbox: its tabs, filters and search."""

import secrets
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from services.permissions import may_see_cases
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.live import changes
from ula_portal.core.notices import mail
from ula_portal.core.security.access import allowed
from ula_portal.core.text.search_terms import MAX_LENGTH, normalised_query

from ..forms import FilterForm, SavedFilterForm
from ..queries import arrivals, inbox
from ..queries import filters as inbox_filters
from ..queries import people as inbox_people
from ..queries.search import search_cases
from .finished import undoable_now

# Search words name people and addresses are logged, so the session holds the latest searches, each under an id.
SEARCHES, MAX_SEARCHES = "inbox_searches", 20
# The results of the last act on several cases, until the list has shown them.
RESULT = "inbox_result"
# What can be done with several cases of a tab, or of search results.
VERBS = {
    "mine": ("hand_over",),
    "pool": ("claim",),
    "paper": (),
    "waiting": ("remind",),
    "late": ("remind", "hand_over"),
    "done": (),
    "search": ("claim", "remind", "hand_over"),
}
staff_only = allowed(may_see_cases)


def verbs_for(tab):
    """What can be done with several cases. Reminding needs mail."""
    return tuple(verb for verb in VERBS[tab] if verb != "remind" or mail.is_sent())


class InboxQuery:
    """The tab, filters and search words that the address asks for."""

    def __init__(self, request, scope):
        self.scope, self.query = scope, request.GET
        self.tab = request.GET.get("tab", "mine")
        if self.tab not in inbox.TABS:
            raise Http404
        self.search_id = request.GET.get("cari", "")
        self.words = request.session.get(SEARCHES, {}).get(self.search_id, "") if self.search_id else ""
        services = inbox_filters.services_with_cases()
        service = next((each for each in services if str(each.pk) == request.GET.get("service")), None)
        self.form = FilterForm(request.GET, services=services, steps=inbox_filters.service_steps(service))
        self.choice = self.form.choice()

    @property
    def condition(self):
        return self.choice.condition(self.scope.at)

    def address(self, **changes):
        """The address with other values; None leaves a part out. It always leads to the first page."""
        parts = {"tab": self.tab, **self.choice.as_query(), "cari": self.words and self.search_id, **changes}
        parts = {name: value for name, value in parts.items() if value not in (None, "")}
        return f"?{urlencode(parts)}"

    @property
    def address_without_filters(self):
        return self.address(**dict.fromkeys(inbox_filters.InboxFilter.names()))

    @property
    def address_without_words(self):
        return self.address(cari=None)

    @cached_property
    def counted(self):
        """The counts of the tabs, and the snapshot that was visible to them."""
        return inbox.counts_and_snapshot(self.scope, self.condition)

    def tabs(self):
        (counts, _snapshot), has = self.counted, inbox.tabs_for(self.scope)
        return [
            {
                "key": key,
                "label": inbox.TAB_LABELS[key],
                "count": capped(counts.get(key)),
                "url": self.address(tab=key, cari=None),
                "active": key == self.tab and not self.words,
            }
            for key in inbox.TABS
            if key == self.tab or key in has
        ]

    def chips(self):
        """Each filter that is set, with the address that removes it."""
        removed = {"service": {"service": None, "step": None}}
        return [
            {"label": label, "value": value, "url": self.address(**removed.get(name, {name: None}))}
            for name, label, value in self.form.chosen()
        ]


def _is_id(text):
    return text.isascii() and text.isdigit() and len(text) < 12


def capped(count):
    """A count as it is shown: at most ``CAP``, with a plus sign beyond. None for None."""
    if count is None:
        return None
    return f"{inbox.CAP}+" if count > inbox.CAP else count


@staff_only
@never_cache
@require_safe
def case_list(request):
    """The inbox of the person who is logged in: one tab, or the results of a search over all cases."""
    scope = inbox.scope_of(request.user)
    if "saringan" in request.GET:
        return _open_saved(request, scope)
    inbox_query = InboxQuery(request, scope)
    context = {
        "inbox_query": inbox_query,
        "tab": inbox_query.tab,
        "tabs": inbox_query.tabs(),
        "chips": inbox_query.chips(),
        "scope": scope,
    }
    context |= {"key": new_key(), "saved": inbox_filters.saved_filters(scope), "done_days": inbox.DONE_DAYS}
    context["opened"] = int(request.GET["dari"]) if _is_id(request.GET.get("dari", "")) else None
    context |= {
        "result": result_of(request),
        "undoable": undoable_now(request),
        "verbs": verbs_for("search" if inbox_query.words else inbox_query.tab),
    }
    if "hand_over" in context["verbs"]:
        context["colleagues"] = inbox_people.unit_colleagues(scope)
    if inbox_query.words:
        found = search_cases(scope, inbox_query.words, inbox_query.condition)
        context |= {"found": found, "rows": found.rows, "labels": True, "all_yours": False}
    else:
        if inbox_query.search_id:
            messages.info(request, _("Pencarian ini sudah tidak tersimpan. Ketik lagi yang dicari."))
        # Counted before the rows are read: a case that arrives in between is announced twice rather than never.
        context |= {
            "snapshot": inbox_query.counted[1],
            "live_address": inbox_stream_address(scope),
            "news": inbox_query.address(),
        }
        page = inbox.cases_for(scope, inbox_query.tab, inbox_query.condition, cursor=request.GET.get("hal"))
        context["all_yours"] = inbox_query.tab == "mine"
        context |= {"page": page, "rows": page.rows}
    if inbox_query.choice or inbox_query.words:
        context["save_form"] = SavedFilterForm(units=inbox_filters.units_of(scope))
    return render(request, "services/inbox/case_list.html", context)


def result_of(request):
    """The results of the last act on several cases, once: {"outcomes", "done", "refused"}, or None."""
    outcomes = request.session.pop(RESULT, None)
    if not outcomes:
        return None
    done = sum(each["done"] for each in outcomes)
    # Refusals come first.
    return {"outcomes": sorted(outcomes, key=lambda each: each["done"]), "done": done, "refused": len(outcomes) - done}


def inbox_stream_address(scope) -> str:
    """Address of the stream that announces changes of a person's inbox."""
    return changes.address(arrivals.topics_for(scope))


def _open_saved(request, scope):
    """Redirect to the address of a saved filter."""
    pk = request.GET["saringan"]
    saved = inbox_filters.saved_filter(scope, int(pk)) if _is_id(pk) else None
    if saved is None:
        messages.info(request, _("Saringan ini sudah dihapus atau tidak lagi dibagikan kepada Anda."))
        return redirect("case_list")
    query = {**saved.choice, "dari": saved.pk}
    if saved.words:
        query["cari"] = remember_search(request, saved.words)
    return redirect(f"{reverse('case_list')}?{urlencode(query)}")


def remember_search(request, words) -> str:
    """Store the words of a search in the session and return their id. The same words get the same id."""
    searches = request.session.get(SEARCHES, {})
    known = next((key for key, earlier in searches.items() if earlier == words), None)
    if known:
        return known
    key = secrets.token_urlsafe(6)
    latest = list(searches.items())[-(MAX_SEARCHES - 1) :]
    request.session[SEARCHES] = dict([*latest, (key, words)])
    return key


@staff_only
@require_POST
def case_search(request):
    """Start a search. The words come by POST and stay on the server; the address holds only their id."""
    words = normalised_query(request.POST.get("q", "")[:MAX_LENGTH])
    query = {name: request.POST[name] for name in ("tab", *inbox_filters.InboxFilter.names()) if request.POST.get(name)}
    if words:
        query["cari"] = remember_search(request, words)
    return redirect(f"{reverse('case_list')}?{urlencode(query)}")

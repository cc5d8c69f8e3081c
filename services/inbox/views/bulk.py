"""Acting on several cases of the inbox together, and the news about its list."""

from dataclasses import asdict

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ula_portal.core.journal.actors import staff
from ula_portal.core.live import waking as live

from ..actions.in_bulk import MAX_CASES, claim_in_bulk, hand_over_in_bulk, remind_in_bulk
from ..queries import inbox
from ..queries.people import selected_runs, unit_colleagues
from .inbox import RESULT, InboxQuery, capped, inbox_stream_address, staff_only


@staff_only
@require_POST
def case_bulk(request):
    """One verb (``do``: claim, hand_over, remind) on the ticked cases, which are given by their open runs."""
    back = redirect(f"{reverse('case_list')}?{request.GET.urlencode()}")
    ids = [int(pk) for pk in request.POST.getlist("chosen") if pk.isascii() and pk.isdigit() and len(pk) < 16][
        :MAX_CASES
    ]
    runs = selected_runs(request.user, ids)
    if not runs:
        messages.warning(request, _("Pilih dahulu permohonan dengan mencentangnya."))
        return back
    do = request.POST.get("do")
    if do == "claim":
        outcomes = claim_in_bulk(runs, by=staff(request.user))
    elif do == "remind":
        outcomes = remind_in_bulk(runs, by=staff(request.user), key=request.POST.get("key", ""))
    else:
        wanted = request.POST.get("to_user", "")
        to_user = next((each for each in unit_colleagues(inbox.scope_of(request.user)) if str(each.pk) == wanted), None)
        if to_user is None:
            messages.warning(request, _("Pilih dahulu rekan yang akan menerima."))
            return back
        outcomes = hand_over_in_bulk(runs, by=staff(request.user), to_user=to_user)
    request.session[RESULT] = [asdict(each) for each in outcomes]
    return back


@staff_only
@never_cache
@require_safe
def case_news(request):
    """News about the list that the address describes, as JSON for its script: {"n", "words", "counts", "live"}.

    ``sejak``: the database snapshot from which the page was rendered.
    """
    scope = inbox.scope_of(request.user)
    inbox_query = InboxQuery(request, scope)
    since = request.GET.get("sejak", "")
    count = inbox.arrivals(scope, inbox_query.tab, since, inbox_query.condition) if live.is_snapshot(since) else 0
    shown = capped(count)
    words = ngettext("%(n)s permohonan baru – tampilkan", "%(n)s permohonan baru – tampilkan", count) % {"n": shown}
    counts = {key: capped(each) for key, each in inbox.inbox_counts(scope, inbox_query.condition).items()}
    return JsonResponse({"n": count, "words": words, "counts": counts, "live": inbox_stream_address(scope)})

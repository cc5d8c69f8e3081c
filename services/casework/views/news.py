"""News about a case since its page was opened. The page's script fetches them and shows a banner."""

from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from services.engine.queries import cases
from services.inbox.queries.arrivals import topic_of_case
from services.permissions import may_see_cases
from ula_portal.core import clock
from ula_portal.core.live import changes
from ula_portal.core.security.access import allowed
from ula_portal.core.text.words import clock_time, moment

from ..queries.history import happened_since


@allowed(may_see_cases)
@never_cache
@require_safe
def case_changes(request, number):
    """What others did since an entry of the timeline (``sejak``), as JSON: {"words" ("" for nothing), "live"}."""
    case = cases.case_by_number(request.user, number)
    if case is None:
        raise Http404(_("Permohonan ini tidak ditemukan."))
    since = request.GET.get("sejak", "")
    known = since.isascii() and since.isdigit() and len(since) < 19
    happened = happened_since(case, int(since), but_not=request.user) if known else []
    return JsonResponse({"words": _words(happened), "live": case_stream_address(case)})


def case_stream_address(case) -> str:
    """Address of the stream that announces when this case moves."""
    return changes.address([topic_of_case(case.pk)])


def _words(happened):
    if not happened:
        return ""
    last, more = happened[-1], len(happened) - 1
    today = clock.local(last.at).date() == clock.today()
    words = {"what": last.text, "who": last.who, "at": clock_time(last.at) if today else moment(last.at)}
    sentence = _("Permohonan ini berubah: %(what)s (%(who)s, %(at)s)") % words
    if not more:
        return sentence
    words = {"told": sentence, "n": more}
    return ngettext("%(told)s dan %(n)d hal lain", "%(told)s dan %(n)d hal lain", more) % words

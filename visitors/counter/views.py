"""The screen of a counter or an official's room."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ula_portal.core.security.access import allowed
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors import permissions
from visitors.queue.actions import undoing
from visitors.queue.addresses import staff_address

from .actions import calling, serving, sessions
from .queries import counters_for, is_staffed, session_of, workplace_of


@never_cache
@allowed(permissions.may_call)
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request):
    """Choose a counter, then call and serve; every button is a plain form, the rest follows live."""
    if request.method == "POST":
        return _act(request)
    session = session_of(request.user)
    if session is None:
        counters = counters_for(request.user)
        return render(request, "visitors/counter/counter_choose.html", {"counters": counters})
    work = workplace_of(session, request.user)
    template = "visitors/counter/_counter_work.html" if "bagian" in request.GET else "visitors/counter/counter.html"
    return render(request, template, {"work": work, "live": staff_address(session.counter.location_id)})


def _act(request):
    verb = _VERBS.get(request.POST.get("do", ""))
    if verb is None:
        messages.error(request, _("Tindakan tidak dikenal. Tidak ada yang berubah."))
        return redirect("counter")
    try:
        verb(request)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("counter")


def _id(request, name="ticket"):
    """A number from the form; whoever tampers with it gets the refusal of a ticket that is not there."""
    return row_id(request.POST.get(name))


def _session_id(request):
    session = session_of(request.user)
    if session is None:
        raise Refused(_("Buka loket dahulu."))
    return session.pk


def _close(request):
    """Nobody is forgotten silently: who still waits for this counter, or was put aside there, is said."""
    session = session_of(request.user)
    if session is None:
        raise Refused(_("Buka loket dahulu."))
    work = workplace_of(session, request.user)
    sessions.close_session(session.pk, request.user)
    if left := [ticket.label for ticket in (*work.held, *work.waiting)]:
        words = {"counter": session.counter.name, "labels": ", ".join(left[:8])}
        messages.warning(request, _("%(counter)s ditutup. Masih menunggu atau ditunda: %(labels)s.") % words)


def _call_next(request):
    if calling.call_next(_session_id(request), request.user) is None:
        messages.info(request, _("Tidak ada yang menunggu loket ini."))


def _finish(request):
    serving.finish(_id(request), request.user, request.POST.get("result", ""))


def _finish_and_call(request):
    _finish(request)
    _call_next(request)


def _transfer(request):
    kind, _dash, number = request.POST.get("target", "").partition("-")
    chosen = {"counter": "counter_id", "service": "service_id"}.get(kind)
    if chosen is None:
        raise Refused(_("Pilih loket, ruang, atau layanan tujuan."))
    ticket = serving.transfer(_id(request), request.user, **{chosen: row_id(number)})
    words = {"label": ticket.label, "target": ticket.target or ticket.service}
    messages.success(request, _("%(label)s dialihkan ke %(target)s; waktu tunggunya tetap dihitung.") % words)
    if ticket.target_id and not is_staffed(ticket.target_id):
        messages.warning(request, _("%(target)s belum dibuka. Kabari petugasnya.") % words)


def _call_particular(request):
    """Who was too slow for a visitor gets the next one: a clerk never stands before an error with an empty counter."""
    session_id = _session_id(request)
    try:
        calling.call_particular(session_id, _id(request), request.user)
    except Outdated as late:
        messages.info(request, str(late))
        _call_next(request)


def _take_back(request):
    ticket = undoing.take_back(_id(request), request.user)
    messages.success(request, _("Dibatalkan. %(label)s kembali seperti sebelumnya.") % {"label": ticket.label})


_VERBS = {
    "open": lambda r: sessions.open_session(_id(r, "counter"), r.user),
    "close": _close,
    "pause": lambda r: sessions.pause(_session_id(r), r.user),
    "unpause": lambda r: sessions.unpause(_session_id(r), r.user),
    "call_next": _call_next,
    "call_particular": _call_particular,
    "take_back": _take_back,
    "resume": lambda r: calling.resume(_session_id(r), _id(r), r.user),
    "recall": lambda r: calling.recall(_id(r), r.user),
    "no_show": lambda r: serving.no_show(_id(r), r.user),
    "report_back": lambda r: serving.report_back(_id(r), r.user),
    "start_serving": lambda r: serving.start_serving(_id(r), r.user),
    "hold": lambda r: serving.hold(_id(r), r.user),
    "transfer": _transfer,
    "finish": _finish,
    "finish_next": _finish_and_call,
}

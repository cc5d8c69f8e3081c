"""The page of a counter or an official's room."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from visitors import permissions
from visitors.queue.actions import undoing
from visitors.queue.addresses import staff_address

from .actions import calling, serving, sessions
from .queries import counter_to_open, counters_for, is_staffed, session_of, ticket_to_act_on, workplace_of


@never_cache
@allowed(permissions.may_call)
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request):
    """Choose a counter, then call and serve; every button is a plain form, and the page is updated live."""
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
    verb = _VERBS.get(request.POST.get("do", "").partition(":")[0])
    if verb is None:
        messages.error(request, _("Tindakan tidak dikenal. Tidak ada yang berubah."))
        return redirect("counter")
    try:
        verb(request)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("counter")


def _ticket(request):
    """The ticket of the form, or the one that the button of a row names after its verb."""
    named = request.POST.get("do", "").partition(":")[2]
    ticket = ticket_to_act_on(request.user, row_id(named or request.POST.get("ticket")))
    if ticket is None:
        raise NotAllowed(_("Nomor antrean ini tidak ditemukan di loket Anda."))
    return ticket


def _session(request):
    session = session_of(request.user)
    if session is None:
        raise Refused(_("Buka loket dahulu."))
    return session


def _on_ticket(verb):
    return lambda request: verb(_ticket(request), by=staff(request.user))


def _on_session(verb):
    return lambda request: verb(_session(request), by=staff(request.user))


def _open(request):
    counter = counter_to_open(row_id(request.POST.get("counter")))
    if counter is None:
        raise Refused(_("Loket ini tidak dipakai. Pilih loket lain."))
    sessions.open_session(counter, by=staff(request.user))


def _close(request):
    """Close the counter and name the tickets that still wait for it or were put on hold there."""
    session = _session(request)
    work = workplace_of(session, request.user)
    sessions.close_session(session, by=staff(request.user))
    if left := [ticket.label for ticket in (*work.held, *work.waiting)]:
        words = {"counter": session.counter.name, "labels": ", ".join(left[:8])}
        messages.warning(request, _("%(counter)s ditutup. Masih menunggu atau ditunda: %(labels)s.") % words)


def _call_next(request):
    if calling.call_next(_session(request), by=staff(request.user)) is None:
        messages.info(request, _("Tidak ada yang menunggu loket ini."))


def _finish(request):
    serving.finish_serving(_ticket(request), by=staff(request.user), result=request.POST.get("result", ""))


def _finish_and_call(request):
    _finish(request)
    _call_next(request)


def _transfer(request):
    kind, _dash, number = request.POST.get("target", "").partition("-")
    chosen = {"counter": "counter_id", "service": "service_id"}.get(kind)
    if chosen is None:
        raise Refused(_("Pilih loket, ruang, atau layanan tujuan."))
    ticket = serving.transfer(_ticket(request), by=staff(request.user), **{chosen: row_id(number)})
    words = {"label": ticket.label, "target": ticket.target or ticket.service}
    messages.success(request, _("%(label)s dialihkan ke %(target)s. Waktu tunggunya tetap dihitung.") % words)
    if ticket.target_id and not is_staffed(ticket.target_id):
        messages.warning(request, _("%(target)s belum dibuka. Kabari petugasnya.") % words)


def _call_particular(request):
    """Call the chosen visitor, or the next one when a colleague was faster, so that the counter is not left empty."""
    session = _session(request)
    try:
        calling.call_particular(_ticket(request), by=staff(request.user), session=session)
    except Outdated as late:
        messages.info(request, str(late))
        _call_next(request)


def _resume(request):
    calling.resume(_ticket(request), by=staff(request.user), session=_session(request))


def _take_back(request):
    ticket = undoing.take_back(_ticket(request), by=staff(request.user))
    messages.success(request, _("Diurungkan. %(label)s kembali seperti sebelumnya.") % {"label": ticket.label})


_VERBS = {
    "open": _open,
    "close": _close,
    "pause": _on_session(sessions.pause),
    "unpause": _on_session(sessions.unpause),
    "call_next": _call_next,
    "call_particular": _call_particular,
    "take_back": _take_back,
    "resume": _resume,
    "recall": _on_ticket(calling.recall),
    "no_show": _on_ticket(serving.no_show),
    "report_back": _on_ticket(serving.report_back),
    "start_serving": _on_ticket(serving.start_serving),
    "hold": _on_ticket(serving.hold),
    "transfer": _transfer,
    "finish": _finish,
    "finish_next": _finish_and_call,
}

"""The step of the emblem: upload, remove, take back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core.journal.actors import staff
from ula_portal.core.office.actions.emblem import remove_emblem, restore_emblem, set_emblem
from ula_portal.core.office.queries import office
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.verbs.errors import Refused

from ..forms.office import EmblemForm
from ..office_steps import EMBLEM
from ..pages import show_step
from ..permissions import may_set_up


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def emblem(request: StaffRequest) -> HttpResponse:
    """The emblem on the grounds on which it stands, and the form for another one."""
    form = EmblemForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        drawn = form.cleaned_data["picture"]
        try:
            set_emblem(drawn, by=staff(request.user))
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Logo tersimpan. Periksa hasilnya di bawah ini."))
            if drawn.on_light:
                messages.warning(request, _("Logo ini kurang jelas di atas warna gelap. Kami memberinya alas putih."))
            if drawn.faint_on_paper:
                messages.warning(request, _("Logo ini hampir tidak terlihat di kertas putih. Pilih warna lebih gelap."))
            return redirect("opening_emblem")
    status = 422 if form.errors else 200
    return show_step(request, EMBLEM.key, "opening/emblem.html", {"form": form, "shown": office()}, status=status)


@allowed(may_set_up)
@require_POST
def remove(request: StaffRequest) -> HttpResponse:
    """Back to the neutral picture; the page offers the undo."""
    try:
        remove_emblem(by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Logo dihapus dari halaman dan surat."))
    return redirect("opening_emblem")


@allowed(may_set_up)
@require_POST
def restore(request: StaffRequest) -> HttpResponse:
    """Undo the latest change of the emblem."""
    try:
        restore_emblem(by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Perubahan logo diurungkan."))
    return redirect("opening_emblem")

"""Routing rules in the admin panel: moving one, and trying which one takes a request."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from services.permissions import may_edit_rules, may_route_somewhere
from ula_portal.core.journal.actors import staff
from ula_portal.core.office import queries
from ula_portal.core.verbs.errors import Refused

from ..actions.rules import move_rule
from ..forms import RuleTestForm
from ..queries.fields import answer_fields, condition_words
from ..queries.rules import all_rules, rule_by_id, rule_lines
from ..queries.trial import advice_for, request_to_try, try_rules, unsaved_request

RULES = "admin:services_routingrule_changelist"


def rules_context(user) -> dict:
    """Context of the list of rules: each with its conditions in words, and whether it can match."""
    fields = answer_fields()
    lines = rule_lines(all_rules())
    return {
        "lines": [(line, condition_words(line.rule, fields)) for line in lines],
        "may_edit": may_edit_rules(user),
        "office": queries.office(),
    }


@never_cache
@require_POST
def rule_move(request, pk):
    """Move a rule up or down by one place, then return to it in the list."""
    if not may_edit_rules(request.user):
        raise PermissionDenied
    try:
        move_rule(rule_by_id(pk), by=staff(request.user), up=request.POST.get("to") == "up")
    except Refused as error:
        messages.warning(request, str(error))
    return redirect(f"{reverse(RULES)}#aturan-{pk}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rule_test(request):
    """Show which rule takes a request, by its number or by made-up data. Nothing is changed."""
    if not may_route_somewhere(request.user):
        raise PermissionDenied
    fields, lines = answer_fields(), rule_lines(all_rules())
    used = {name for line in lines if line.rule.active for name in line.rule.answers}
    data = request.POST if request.method == "POST" else None
    form = RuleTestForm(data, fields=[fields[name] for name in fields if name in used])
    found = _to_try(request.user, form) if form.is_valid() else None
    context = {
        **admin.site.each_context(request),
        "title": _("Uji aturan penerusan"),
        "form": form,
        "found": found,
        "office": queries.office(),
    }
    if found is not None:
        results = try_rules(lines, found)
        context |= {
            "results": [(each, condition_words(each.line.rule, fields)) for each in results],
            "winner": next((each.line for each in results if each.first), None),
            "advice": advice_for(found),
        }
    return render(request, "services/routing/rule_test.html", context, status=422 if form.errors else 200)


def _to_try(user, form):
    """The request to try. None, with an error in the form, if there is none that this person may route."""
    data = form.cleaned_data
    if not data["number"]:
        return unsaved_request(data["service"], data["source"] or form.fields["source"].initial, form.answers)
    found = request_to_try(user, data["number"])
    if found is None:
        form.add_error("number", _("Permohonan dengan nomor ini tidak ditemukan di antara yang dapat Anda teruskan."))
    return found

"""The admin panel reveals nothing by its addresses: only declared filters, only rows that the user may read."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory
from django.urls import reverse

from services.models import Letter, MessageTemplate
from tests.access_table import MODELS
from tests.factories.core import make_user
from tests.factories.world import ROLES
from ula_portal.core.data.admin import PanelAdmin
from ula_portal.core.models import Role, Unit, User

pytestmark = pytest.mark.django_db
# Custom pages, which accept no filters.
WITHOUT_FILTERS = {"core.office", "services.routingrule"}
PAGES = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
# The parameters of the lists' own links; any other name in an address must be refused.
DECLARED = {
    "core.position": {"heads_unit"},
    "core.user": {"is_active", "staff_roles__role"},
    "core.hoursrule": {"kind", "weekday"},
    "core.calendarday": {"kind"},
    "core.notice": {"state"},
    "core.journalentry": {"kind"},
    "sop.sopversion": {"menunggu", "state", "berlaku", "unit", "is_example"},
    "services.service": {"state", "kind", "category", "unit"},
    "services.formversion": {"is_current"},
    "services.alarmstep": {"active", "kind"},
    "services.messagetemplate": {"active", "unit"},
    "services.letter": {"state", "year"},
    "visitors.counter": {"location", "kind", "active"},
    "visitors.closure": {"location"},
    "visitors.screennotice": {"location"},
    "visitors.visit": {"purpose", "location"},
    "visitors.slotplan": {"active", "location"},
    "visitors.slot": {"state", "location"},
    "visitors.booking": {"state"},
}
LOOKUPS = ("", "__exact", "__isnull", "__icontains", "__gt", "__in", "__regex")


def request_of(user, query=None):
    request = RequestFactory().get("/admin/", query or {})
    request.user = user
    return request


def paths_of(model):
    """Every field of a model and of its related models, forwards and backwards."""
    for field in model._meta.get_fields():
        name = getattr(field, "lookup_name", None) or field.name
        if hasattr(field, "related_query_name") and field.auto_created and not field.concrete:
            name = field.field.related_query_name()
            if field.hidden:
                continue
        yield name
        if field.is_relation and field.related_model:
            yield from (f"{name}__{far.name}" for far in field.related_model._meta.get_fields() if far.concrete)


def readers_of(world, label):
    return [world.user(role) for role in ROLES if role in MODELS[label][0]]


def clicked(page, request):
    """The parameters used by the list's own filters."""
    return {name for spec in page.get_changelist_instance(request).filter_specs for name in spec.expected_parameters()}


@pytest.mark.parametrize("label", PAGES)
def test_no_field_of_any_model_filters_a_list_that_does_not_declare_it(world, label):
    """Other parameters are answered with 400 before anything is read; see the next test."""
    page, wanted = PAGES[label], DECLARED.get(label, set())
    tried = [path + lookup for path in {*paths_of(page.model), "pk", "id", "tidak_ada"} for lookup in LOOKUPS]
    written = {f"{name}{lookup}" for name in wanted for lookup in ("", "__exact", "__isnull", "__id__exact")}
    for user in readers_of(world, label):
        request = request_of(user)
        honoured = {name for name in tried if page.lookup_allowed(name, "1", request)}
        assert honoured <= written
        # The links of the list's own filters work.
        for name in clicked(page, request):
            assert page.lookup_allowed(name, "1", request), name


@pytest.mark.parametrize("label", [label for label in PAGES if label not in WITHOUT_FILTERS])
def test_an_undeclared_filter_is_answered_by_400(world, label):
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    for user in readers_of(world, label)[-1:]:
        client = Client()
        client.force_login(user)
        for query in ("pk__gt=1", "tidak_ada=1", "id__in=1,2", "_to_field=x"):
            assert client.get(f"{address}?{query}").status_code == 400, query


@pytest.mark.parametrize("label", sorted(WITHOUT_FILTERS))
def test_a_page_of_its_own_takes_no_filter(client, world, label):
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    client.force_login(world.cast.admin)
    plain, asked = (client.get(each) for each in (address, f"{address}?pk__gt=1000000"))
    assert (plain.status_code, plain.get("Location")) == (asked.status_code, asked.get("Location"))


def test_a_section_head_cannot_try_out_what_letters_say(client, world):
    head = make_user(Role.SECTION_HEAD, unit=Unit.objects.get(code="GTK"))
    client.force_login(head)
    address = reverse("admin:services_letter_changelist")
    own = reverse("admin:services_letter_change", args=[world.letter.pk])
    for name in ("body__icontains", "request__applicant_name__icontains", "file__name", "nonce__startswith"):
        assert client.get(f"{address}?{name}=a").status_code == 400
    for query in ("", f"?q={world.letter.number}", "?state__exact=issued", "?o=-1", "?_popup=1"):
        answer = client.get(address + query)
        assert answer.status_code == 200 and own not in answer.content.decode(), query
    assert client.get(own).status_code == 302
    assert client.get(reverse("admin:services_letter_history", args=[world.letter.pk])).status_code == 302
    client.force_login(world.cast.section_head)
    assert own in client.get(address).content.decode()
    assert client.get(own).status_code == 200


def test_a_section_head_reads_the_messages_of_the_own_unit_and_of_all(world):
    page, mine = PAGES["services.messagetemplate"], world.cast.section_head
    for title, unit in (("Semua", None), ("Dikdas", "DIKDAS"), ("GTK", "GTK")):
        unit = unit and Unit.objects.get(code=unit)
        MessageTemplate.objects.create(title=title, text="x", unit=unit)
    titles = set(page.get_queryset(request_of(mine)).values_list("title", flat=True))
    assert {"Semua", "Dikdas"} <= titles and "GTK" not in titles
    assert "GTK" in page.get_queryset(request_of(world.cast.admin)).values_list("title", flat=True)


def shut(answer):
    """Refused, or redirected to the panel's log-in, which refuses logged-in users."""
    return answer.status_code == 403 or answer.get("Location", "").startswith("/admin/login/")


@pytest.mark.parametrize("label", PAGES)
def test_who_may_not_see_a_list_has_none_of_its_rows_and_no_history(client, world, label):
    """The list itself and a row's page are covered by the access table."""
    page, others = PAGES[label], [role for role in ROLES[1:] if role not in MODELS[label][0]]
    # Letters belong to cases, versions to SOPs: users who may read some elsewhere may read them here too, but not
    # the list.
    if label not in ("services.letter", "sop.sopversion", "services.messagetemplate"):
        for role in others:
            assert not page.get_queryset(request_of(world.user(role))).exists(), role
    for role in {"section_head", "head"} & set(others):
        client.force_login(world.user(role))
        assert shut(client.get(reverse(f"admin:{label.replace('.', '_')}_history", args=[1]))), role


# The addresses where a form field searches its rows as the user types.
AUTOCOMPLETED = [("core", "unit", "parent"), ("core", "position", "superior"), ("core", "tenure", "position")]
AUTOCOMPLETED += [("services", "letter", "request"), ("services", "letter", "template"), ("core", "tenure", "user")]


@pytest.mark.parametrize("source", AUTOCOMPLETED)
def test_looking_up_while_typing_finds_what_the_list_shows(world, source):
    query = dict(zip(("app_label", "model_name", "field_name"), source, strict=True)) | {"term": ""}
    address = reverse("admin:autocomplete")
    for role in ROLES[1:]:
        client = Client()
        client.force_login(world.user(role))
        answer = client.get(address, query)
        if role not in ("admin", "section_head"):
            assert shut(answer), role
        elif answer.status_code == 200:
            label = apps.get_model(*source[:2])._meta.get_field(source[2]).related_model._meta.label_lower
            assert role in MODELS[label][0], role
        else:
            assert answer.status_code in (403, 404), role


def test_searches_look_only_where_the_reader_could_look(world):
    """Each searched field, or the row it belongs to, is shown in the list or on the row's page."""
    shown_otherwise = {"sop.sopversion": {"sop"}, "core.journalentry": {"subject_id"}}
    for label, page in PAGES.items():
        request = request_of(world.cast.admin)
        columns = set(page.get_list_display(request))
        form = {name for _title, options in page.get_fieldsets(request) for name in options["fields"]}
        shown = columns | form | {part for name in form if isinstance(name, tuple | list) for part in name}
        searched = {name.partition("__")[0] for name in page.get_search_fields(request)}
        assert searched <= shown | shown_otherwise.get(label, set()), label


def test_rows_are_named_by_their_key_only(world):
    request = request_of(world.cast.admin, {"_to_field": "email"})
    with pytest.raises(DisallowedModelAdminToField):
        PAGES["core.user"].get_changelist_instance(request)
    assert PAGES["core.user"].to_field_allowed(request, "id")


def test_every_page_of_the_panel_is_built_on_the_same_base():
    assert all(isinstance(page, PanelAdmin) for page in PAGES.values())
    admin.site.register(Group, admin.ModelAdmin)
    assert not admin.site.is_registered(Group)
    for careless in (admin.ModelAdmin, None):
        with pytest.raises(ImproperlyConfigured):
            admin.site.register(Letter if careless else User, careless)

"""The number of queries of a list does not depend on its length."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.originals.actions import Tick, print_shortage, return_original, take_in_papers
from services.papers.queries.brought import held_originals, intake_slots
from sop.drafting.actions import actors, pasting, removal, starting, steps
from tests.factories.cases import count_queries, make_case, make_case_service
from tests.factories.core import make_unit, make_user
from tests.factories.visitors import bookable, plan
from tests.factories.world import make_world
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, booking, staff
from ula_portal.core.models import Role
from ula_portal.core.office.actions import office
from visitors.appointments.actions import appointments
from visitors.appointments.queries.appointments import nearest_free
from visitors.checkin.actions import checkin
from visitors.counter.actions import sessions

pytestmark = pytest.mark.django_db
MORE = 3


def pages(world):
    """The user and the address."""
    cast = world.cast
    public = ["/", "/layanan/", "/layanan/?q=surat", "/sop/", "/antrean/", "/layar/ula/", "/layar/ula/data/"]
    public += [reverse("service_detail", args=[world.service.slug]), reverse("sop_detail", args=[_slug(world)])]
    public += [reverse("service_poster", args=[world.service.slug]), "/layanan/?q=qwertz", "/layanan/?untuk=guru"]
    public += ["/sop/?q=surat", "/sop/?q=suratt+permohonn&unit=DIKDAS", f"/sop/?service={world.service.code}"]
    public += [reverse("sop_version", args=[_slug(world), world.sop_version.ordinal])]
    public += [
        reverse("track_detail", args=[world.token(world.case)]),
        reverse("ticket_own", args=[world.ticket_token]),
    ]
    public += ["/janji-temu/", f"/janji-temu/?layanan={world.elsewhere.slug}"]
    public += [reverse("appointment_book", args=[world.free_slot.pk])]
    public += [reverse(name, args=[world.booking_token]) for name in ("appointment", "appointment_move")]
    inbox = [f"/petugas/kasus/?tab={tab}" for tab in ("mine", "pool", "paper", "waiting", "late", "done")]
    inbox += [
        f"/petugas/kasus/?tab=waiting&service={world.service.pk}&source=online&due=week",
        "/petugas/kasus/saringan/",
    ]
    inbox += ["/petugas/kasus/baru/?sejak=1:1:"]
    panel = ["/petugas/", "/admin/", "/admin/penerusan/", "/admin/penerusan/uji/"] + [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
        if cast.admin.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]
    return {
        None: public,
        cast.official: [
            *("/petugas/", "/petugas/kehadiran/", *inbox),
            *(reverse(name, args=[world.case.number]) for name in ("case_detail", "case_record")),
        ],
        cast.head: [
            "/petugas/",
            *(f"/petugas/laporan/{page}" for page in ("", "permohonan/", "permohonan/?keadaan=instansi-lain")),
        ],
        cast.section_head: [
            "/petugas/",
            "/petugas/laporan/",
            "/admin/penerusan/",
            "/admin/sop/sopversion/",
            *_editor(world),
        ],
        cast.frontdesk: [
            "/petugas/",
            "/petugas/tamu/",
            "/petugas/asli/",
            reverse("case_intake", args=[world.case.number]),
            reverse("booking", args=[world.booking.pk]),
            f"/petugas/janji/?hari={clock.local(world.booking.slot.starts_at):%Y-%m-%d}",
        ],
        cast.counter: ["/petugas/", "/petugas/loket/"],
        cast.admin: panel,
    }


def _editor(world):
    """The pages of the SOP editor: the lists and the pages of a draft."""
    names = ("sop_edit", "sop_edit_identity", "sop_edit_actors", "sop_edit_check", "sop_edit_paste")
    step = world.sop_draft.steps.get(no=1)
    lists = [f"/petugas/sop/?bagian={each}" for each in ("menunggu", "draf", "berlaku")]
    own = [reverse(name, args=[world.sop_draft.pk]) for name in names]
    return [*lists, *own, reverse("sop_edit_step", args=[world.sop_draft.pk, step.pk])]


def _slug(world):
    return world.sop_version.sop.slug


def counted(world):
    found = {}
    for user, addresses in pages(world).items():
        client = Client()
        if user:
            client.force_login(user)
        for address in addresses:
            # Process caches must not expire between the two measurements on a slow machine.
            with clock.at(clock.now()):
                client.get(address)
                found[str(user), address] = count_queries(lambda address=address, client=client: client.get(address))
    return found


def _keep_original(world, case, stays=1):
    """The first original of a case is received, returned, and received again."""
    key = intake_slots(case)[0].key
    for shelf in range(stays):
        document = take_in_papers(case, by=staff(world.cast.frontdesk), ticks={key: Tick("kept", f"A{shelf}")})[0]
        return_original(document, by=staff(world.cast.frontdesk), received_by="Ibu Contoh")
    take_in_papers(case, by=staff(world.cast.frontdesk), ticks={key: Tick("kept", "B1")})


def _grow(world):
    for number in range(MORE):
        service = make_case_service(world.cast, code=f"LEBIH-{number}", name=f"Surat tambahan {number}")
        _keep_original(world, make_case(world.service))
        lacking = open_walk_in_request(
            service, by=staff(world.cast.frontdesk), applicant=WalkInApplicant("Bapak Contoh")
        )
        print_shortage(lacking, by=staff(world.cast.frontdesk))
        checkin.check_in(
            world.location,
            by=staff(world.cast.frontdesk),
            arrival=checkin.Arrival(name=f"Tamu Lain {number}"),
            errand=checkin.Errand(purpose="service", service=world.service),
        )
        planned = bookable(name=f"Layanan berjanji {number}")
        plan(planned, world.location)
        appointments.book(
            world.free_slot if number == 0 else _next(world),
            by=booking(""),
            contact=appointments.Contact(name=f"Tamu Berjanji {number}"),
        )
        make_user(Role.OFFICIAL, unit=make_unit())
        draft = world.sop_draft
        starting.start_sop(by=staff(world.cast.admin), name=f"SOP lain {number}", unit_id=draft.sop.unit_id)
        actor = actors.add_actor(draft, by=staff(world.cast.admin), name=f"Kolom {number}", kind="external")
        pasting.paste_steps(draft, by=staff(world.cast.admin), rows=[_row(number, actor.name)])
        removed = steps.add_step(draft, by=staff(world.cast.admin))
        removal.remove_step(removed, by=staff(world.cast.admin))


def _day(world):
    return clock.local(world.booking.slot.starts_at).date()


def _next(world):
    return nearest_free(world.free_slot)[0]


def _row(number, actor):
    return {"no": 1, "activity": f"Menerima {number}", "actors": [actor], "shape": "process"}


def test_no_list_asks_more_because_it_is_longer():
    world = make_world()
    sessions.open_session(world.desk, by=staff(world.cast.counter))
    _keep_original(world, world.case)
    posts = world.cast.positions
    office.entrust_paper(posts["PENGELOLA-DIKDAS"], by=SYSTEM, position=posts["KABID-DIKDAS"])
    print_shortage(world.case, by=staff(world.cast.frontdesk))
    before = counted(world)
    _grow(world)
    return_original(held_originals(world.case)[0], by=staff(world.cast.frontdesk), received_by="Ibu Contoh")
    _keep_original(world, world.case, stays=3)
    after = counted(world)
    assert {key: (before[key], after[key]) for key in before if after[key] > before[key]} == {}
    assert {key: count for key, count in after.items() if count > 24} == {}

"""Verbs with which a service is prepared in the studio."""

from services.catalogue.actions.publishing import withdraw_service
from services.models import Service
from services.studio.actions import letters, making, publishing, requirements, saving
from services.studio.queries.editing import current_requirements, draft_of
from ula_portal.core.journal.actors import staff

from .rows import OUTDATED, SAME, Row, on


def fresh(w):
    return Service.objects.get(pk=w.service.pk)


def changed(w):
    """The published service with a waiting change, and the draft's revision."""
    fields = {"summary": "Ringkasan baru"}
    saving.save_service(w.service, by=staff(w.cast.section_head), fields=fields, was={})
    return fresh(w)


def first(w):
    return current_requirements(fresh(w))[0]["key"]


def at_revision(w):
    service = changed(w)
    return on(service, by=staff(w.cast.admin), revision=draft_of(service).revision)


def undone(w):
    service = changed(w)
    return on(service, by=staff(w.cast.section_head), no=draft_of(service).changes[-1]["no"])


def saved(w):
    return on(w.service, by=staff(w.cast.section_head), fields={"summary": "Ringkasan baru"}, was={})


def added(w):
    return on(w.service, by=staff(w.cast.section_head), text="Kartu pelajar", kind="upload", key="k")


def of_first(w, **more):
    return on(w.service, by=staff(w.cast.section_head), name=first(w), **more)


def made(w):
    more = {"name": "Layanan Contoh Baru", "kind": "visit", "category": "Umum", "unit": w.cast.unit}
    return on(by=staff(w.cast.section_head), **more, key="k")


def copied(w):
    return on(w.service, by=staff(w.cast.section_head), name="Salinan Contoh", unit=w.cast.unit, key="k")


ROWS = [
    Row(making.add_service, "section_head", made, wrote=("journal service: add_service",)),
    Row(making.copy_service, "section_head", copied, wrote=("journal service: copy_service",)),
    Row(saving.save_service, "section_head", saved, wrote=("journal service: save_service",)),
    Row(
        saving.undo_change,
        "section_head",
        undone,
        wrote=("journal service: undo_service_change",),
        again=OUTDATED,
    ),
    Row(
        letters.make_letter_template,
        "section_head",
        lambda w: on(w.service, by=staff(w.cast.section_head), name="Templat baru", key="k"),
        wrote=("journal letter_template: add_letter_template", "journal service: save_service"),
    ),
    Row(requirements.add_requirement, "section_head", added, wrote=("journal service: add_requirement",)),
    Row(
        requirements.save_requirement,
        "section_head",
        lambda w: of_first(w, fields={"issued_by": "Disdukcapil"}, was={}),
        wrote=("journal service: save_requirement",),
    ),
    Row(
        requirements.move_requirement,
        "section_head",
        lambda w: of_first(w, up=False),
        wrote=("journal service: move_requirement",),
        again=SAME,
    ),
    Row(
        requirements.remove_requirement,
        "section_head",
        of_first,
        wrote=("journal service: remove_requirement",),
        again=OUTDATED,
    ),
    Row(
        publishing.ask_publication,
        "section_head",
        lambda w: on(changed(w), by=staff(w.cast.section_head)),
        wrote=("journal service: ask_publication", "notice service: service_asked to admin"),
    ),
    Row(
        publishing.publish_prepared,
        "admin",
        lambda w: withdraw_service(w.elsewhere, by=staff(w.cast.admin)) and on(w.elsewhere, by=staff(w.cast.admin)),
        wrote=("journal service: publish_service",),
    ),
    Row(
        publishing.publish_changes,
        "admin",
        at_revision,
        wrote=("journal service: publish_service_changes",),
        again=OUTDATED,
    ),
    Row(
        publishing.discard_changes,
        "admin",
        at_revision,
        wrote=("journal service: discard_service_changes",),
        again=OUTDATED,
    ),
]

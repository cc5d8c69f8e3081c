"""Verbs of the form editor."""

from services.form_editor.actions import draft, fields, pages, publishing, removal
from services.form_editor.queries.editing import Form, Place
from services.models import Field
from tests.factories.services import make_service
from ula_portal.core.journal.actors import staff

from .rows import NOTHING, OUTDATED, SAME, Row, on


def by(w):
    return staff(w.cast.section_head)


def begun(w):
    return draft.start_draft(w.service, by=by(w))


def field(w, name="jenis"):
    return Field.objects.select_related("version__service").get(version=begun(w), name=name)


def page(w):
    return begun(w).pages.select_related("version__service").last()


def group(w):
    return fields.add_field(page(w), by=by(w), label="Siswa", type="group")


def column(w, name="nama"):
    made = group(w)
    for label in ("Nama", "Kelas"):
        fields.add_column(made, by=by(w), label=label, type="text")
    return Form(made.version).place(made.pk, name)


def copied(w):
    return on(begun(w), by=by(w), source=make_service(w.cast))


def removed(w):
    version = begun(w)
    return on(version, by=by(w), number=removal.remove_field(Place(field(w)), by=by(w)))


def former(w):
    version = w.service.form_versions.get(is_current=True)
    publishing.publish_form(begun(w), by=by(w))
    return on(version, by=by(w))


def wrote(verb):
    return (f"journal service: {verb}",)


ROWS = [
    Row(
        draft.start_draft,
        "section_head",
        lambda w: on(w.service, by=by(w)),
        wrote=wrote("form_draft_started"),
        again=NOTHING,
    ),
    Row(draft.copy_form, "section_head", copied, wrote("form_copied"), SAME),
    Row(draft.discard_draft, "section_head", lambda w: on(begun(w), by=by(w)), wrote("form_draft_discarded"), OUTDATED),
    Row(
        pages.add_page,
        "section_head",
        lambda w: on(begun(w), by=by(w), title="Baru", key="k"),
        wrote("form_page_added"),
    ),
    Row(pages.save_page, "section_head", lambda w: on(page(w), by=by(w), title="Lain"), wrote("form_page_saved")),
    Row(pages.move_page, "section_head", lambda w: on(page(w), by=by(w), to=1), wrote("form_page_moved")),
    Row(pages.remove_page, "section_head", lambda w: on(page(w), by=by(w)), wrote("form_page_removed"), OUTDATED),
    Row(
        fields.add_field,
        "section_head",
        lambda w: on(page(w), by=by(w), label="Kelas", type="text", key="k"),
        wrote("form_field_added"),
    ),
    Row(
        fields.save_field,
        "section_head",
        lambda w: on(Place(field(w)), by=by(w), fields={"label": "Keadaan surat"}, was={}),
        wrote("form_field_saved"),
    ),
    Row(
        fields.change_type,
        "section_head",
        lambda w: on(Place(field(w)), by=by(w), type="text"),
        wrote("form_field_saved"),
    ),
    Row(
        fields.move_field,
        "section_head",
        lambda w: on(field(w), by=by(w), page=begun(w).pages.first(), to=1),
        wrote("form_field_moved"),
    ),
    Row(fields.copy_field, "section_head", lambda w: on(field(w), by=by(w), key="k"), wrote("form_field_copied")),
    Row(
        fields.add_column,
        "section_head",
        lambda w: on(group(w), by=by(w), label="Nama", type="text"),
        wrote("form_field_saved"),
        SAME,
    ),
    Row(fields.move_column, "section_head", lambda w: on(column(w), by=by(w), to=2), wrote("form_field_moved")),
    Row(
        removal.remove_field,
        "section_head",
        lambda w: on(Place(field(w)), by=by(w)),
        wrote("form_field_removed"),
        OUTDATED,
    ),
    Row(removal.restore_field, "section_head", removed, wrote("form_field_restored"), OUTDATED),
    Row(publishing.publish_form, "section_head", lambda w: on(begun(w), by=by(w)), wrote("form_published"), OUTDATED),
    Row(publishing.reuse_form, "section_head", former, wrote("form_reused"), OUTDATED),
]

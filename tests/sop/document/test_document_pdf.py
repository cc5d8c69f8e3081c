"""SOPs on paper: archival, accessible, complete, marked with their state, and laid out once for each variant."""

import datetime
import io
import itertools
import os
import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import page as validator
import pikepdf
import pypdf
import pypdfium2 as pdfium
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFont

from sop.approval.actions import life
from sop.document import paper
from sop.document import pdf as document_pdf
from sop.drafting.actions import importing
from sop.flowchart import drawing, svg
from sop.models import SopVersion, Step
from sop.rules.queries import flows
from tests.factories import sop as make
from ula_portal.core import clock
from ula_portal.core.documents.laid_out import boxes
from ula_portal.core.journal.actors import SYSTEM, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder_of_its_own")]
FONT = ImageFont.truetype("LiberationSans-Bold.ttf", 100)
LONG = " ".join(f"({n}) fotokopi surat keterangan nomor {n};" for n in range(1, 90))


def many_steps(count, actors=3, **changes):
    """Content with ``count`` steps for several actors; every sixth is a decision that leads back."""
    names = ["Pemohon", *(f"Kepala Subbagian Kepegawaian dan Umum {n}" for n in range(1, actors))]
    steps = []
    for no in range(1, count + 1):
        step = {"no": no, "activity": "Memeriksa berkas", "actors": [names[no * 7 % actors]], "shape": "process"}
        step |= {"minutes": 5, "output": "Hasil pemeriksaan"}
        if no % 6 == 0 and no < count:
            step |= {"shape": "decision", "activity": "Apakah lengkap?", "if_yes": no + 1, "if_no": no - 4}
        elif no < count:
            step["next"] = no + 1
        steps.append(step)
    steps[0] |= {"shape": "start", "actors": ["Pemohon"]}
    steps[-1]["shape"] = "end"
    return make.small_content(actors=names, steps=steps, **changes)


def draft(content) -> SopVersion:
    return SopVersion.objects.get(pk=importing.import_sop(content, by=SYSTEM).version.pk)


def open_pdf(content):
    return pikepdf.open(io.BytesIO(content))


def words_by_page(content):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def elements(pdf, kind=None):
    """The elements of the structure in reading order."""
    todo, found = [pdf.Root.StructTreeRoot.K[0]], []
    while todo:
        element = todo.pop(0)
        if kind in (None, str(element.S)):
            found.append(element)
        todo[:0] = [kid for kid in element.get("/K", []) if isinstance(kid, pikepdf.Dictionary)]
    return found


# Archive and accessibility


@pytest.mark.parametrize("content", ["small", "several pages", "many actors", "long"])
def test_it_is_archival_and_accessible(units, content):
    """PDF/A-2a and PDF/UA-1, checked by a validator that passes veraPDF's corpus."""
    content = {
        "small": lambda: make.small_content(example=True),
        "several pages": lambda: make.demo_content("mut-g"),
        "many actors": lambda: many_steps(60, 15),
        "long": lambda: many_steps(4, legal_basis=[LONG[:2000]] * 3, name="Ketentuan & <syarat> “khusus”"),
    }[content]()
    made = document_pdf.pdf_of(draft(content))
    for profile in ("2a", "ua1"):
        report = validator.validate_pdf_bytes(made, profile=profile)
        assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_one_packet_says_what_it_is(units):
    made = document_pdf.pdf_of(draft(make.demo_content("mut-g")))
    assert made.startswith(b"%PDF-1.7")
    with open_pdf(made) as pdf:
        packets = [each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/XML"]
        assert len(packets) == 1 and packets[0].objgen == pdf.Root.Metadata.objgen
        with pdf.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"], said["pdfuaid:part"]) == ("2", "A", "1")
            assert said["dc:title"] == str(pdf.docinfo.Title) == "SOP 420/015/SOP-DISDIK/2026 " + TITLE
            assert said["pdf:Producer"] == str(pdf.docinfo.Producer)
        assert str(pdf.Root.Lang) == "id" and pdf.Root.MarkInfo.Marked and pdf.Root.ViewerPreferences.DisplayDocTitle
        assert len(pdf.Root.OutputIntents) == 1
        with pdf.open_outline() as outline:
            top = outline.root[0]
            assert top.title == TITLE.upper() or top.title == TITLE
            assert [child.title for child in top.children][-1] == "Bagan alir"


TITLE = make.demo_content("mut-g")["name"]


def test_fonts_are_embedded_and_can_be_read_back(units):
    with open_pdf(document_pdf.pdf_of(draft(many_steps(12, 15)))) as pdf:
        fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font"]
        assert any("/DescendantFonts" in font for font in fonts)
        for font in fonts:
            if "/DescendantFonts" in font:
                assert "/ToUnicode" in font
            else:
                described = font.FontDescriptor
                assert "/FontFile2" in described or "/FontFile3" in described


def test_the_table_is_one_however_many_pages_it_takes(units):
    """Repeated header rows are not content; each cell refers to the headings above it and the number of its row."""
    version = draft(many_steps(30, 4))
    with open_pdf(document_pdf.pdf_of(version)) as pdf:
        assert len(pdf.pages) >= 4
        _identity, _boxes, table = elements(pdf, "/Table")
        heads = [part for part in table.K if part.S == "/THead"]
        bodies = [part for part in table.K if part.S == "/TBody"]
        assert len(heads) == len(bodies) == 1 and len(bodies[0].K) == 30
        first, second = ([str(cell.ID) for cell in row.K] for row in heads[0].K)
        number, activity, actors, standard, note = first
        for row in bodies[0].K:
            cells = list(row.K)
            assert str(cells[0].A.Scope) == "/Row"
            mine = str(cells[0].ID)
            expected = [[mine, activity], [mine, actors, *second[:4]], [mine, standard, second[4]]]
            expected += [[mine, standard, second[5]], [mine, standard, second[6]], [mine, note]]
            assert [[str(name) for name in cell.A.Headers] for cell in cells[1:]] == expected
        names = list(pdf.Root.StructTreeRoot.IDTree.Names)
        assert [str(name) for name in names[::2]] == sorted(str(name) for name in names[::2])
        assert {number, *second} <= {str(name) for name in names[::2]}


def test_a_screen_reader_hears_every_row_of_the_chart(units):
    version = draft(many_steps(14, 3))
    flow = flows.flow_of(version)
    with document_pdf.translation.override("id"):
        said = [drawing.row_description(step, flow) for step in flow.steps]
    with open_pdf(document_pdf.pdf_of(version)) as pdf:
        figures = elements(pdf, "/Figure")
        assert [str(figure.Alt) for figure in figures] == said
        for figure in figures:
            left, bottom, right, top = map(float, figure.A.BBox)
            assert 0 <= left < right <= 842 and 0 <= bottom < top <= 596
            assert figure.P.S == "/TD" and len(figure.K) == 1


def test_lines_are_artifacts_and_nothing_is_painted_unmarked(units):
    with open_pdf(document_pdf.pdf_of(draft(many_steps(30, 4)))) as pdf:
        held = set()
        for element in elements(pdf):
            held |= {(element.Pg.objgen, int(kid)) for kid in element.get("/K", []) if isinstance(kid, int)}
        for sheet in list(pdf.pages)[1:]:
            # Two line styles: the borders of the columns, and the flow.
            inside, strokes = [], {"/Artifact": 0}
            for operands, operator in pikepdf.parse_content_stream(sheet):
                operator = str(operator)
                if operator in ("BDC", "BMC"):
                    inside.append(str(operands[0]))
                    assert inside == ["/Artifact"] or (sheet.objgen, int(operands[1].MCID)) in held
                elif operator == "EMC":
                    inside.pop()
                elif operator in ("S", "s", "f", "f*", "B", "b", "Tj", "TJ", "Do"):
                    assert inside
                    strokes[inside[0]] = strokes.get(inside[0], 0) + (operator == "S")
            assert strokes["/Artifact"] == 2 and not inside


def test_the_same_content_gives_the_same_bytes(units):
    version = draft(make.small_content())
    assert document_pdf.render(version) == document_pdf.render(version)


# On the page


@pytest.mark.parametrize("count", range(9, 14))
def test_no_row_stands_alone_on_the_last_page(units, count):
    texts = words_by_page(document_pdf.pdf_of(draft(many_steps(count))))
    for text in texts[1:]:
        assert text.count("Hasil pemeriksaan") >= 2
    assert [re.findall(r"Halaman (\d+) dari (\d+)", text) for text in texts] == [
        [(str(n + 1), str(len(texts)))] for n in range(len(texts))
    ]
    assert all("SOP 420/900/SOP-DISDIK/2026" in text for text in texts)
    assert all("Uraian Kegiatan" in text for text in texts[1:])


def laid_out(content):
    version = draft(content)
    with translation.override("id"):
        return document_pdf._laid_out(version, flows.flow_of(version))[0]


def lines_of(cell):
    """The lines of text in a laid-out cell, from top to bottom."""
    texts = [box for box in cell.descendants() if getattr(box, "text", "").strip()]
    by_height = itertools.groupby(texts, key=lambda box: round(box.position_y))
    return ["".join(box.text for box in line).strip() for _height, line in by_height]


@pytest.mark.parametrize("actors", [2, 12, 15])
def test_no_heading_of_the_table_is_broken(units, actors):
    content = many_steps(12, actors)
    document = laid_out(content)
    placed = [(page, box) for page, box in boxes(document) if box.element_tag == "th" and "text" not in vars(box)]
    for number in range(1, len(document.pages)):
        heads = [box for page, box in placed if page == number]
        words = [" ".join(lines_of(box)) for box in heads]
        lines = {word: lines_of(box) for word, box in zip(words, heads, strict=True)}
        for heading in ("No.", "Kelengkapan", "Waktu", "Output", "Keterangan", "Pelaksana", "Mutu Baku"):
            assert lines[heading] == [heading]
        assert all(lines[str(no)] == [str(no)] for no in range(1, 13) if str(no) in lines)
        assert len(heads) >= actors + 8


NAMES = ["Kepala Subbagian Kepegawaian dan Umum", "PEMOHON/WALI MURID", "Verifikator", "BKPSDM Kabupaten Batu Bara"]


@pytest.mark.parametrize("name", [*NAMES, "Kepala Bidang Pembinaan Ketenagaan dan Pendidikan Nonformal"])
@pytest.mark.parametrize("count", [9, 12, 15])
def test_actors_names_have_room_over_their_columns(name, count):
    """Measured with the font itself, as the letters are drawn."""
    actors = [SimpleNamespace(name=f"{name} {n}") for n in range(1, count + 1)]
    columns = paper.column_widths(SimpleNamespace(actors=actors, steps=[]))
    width = columns.actor * paper.PX
    if not columns.head:
        words = re.split(r"[ /]", " ".join(actor.name for actor in actors))
        assert max(map(FONT.getlength, words)) * paper.HEAD_FONT / 100 <= width - paper.HEAD_PADDING
        return
    for actor in actors:
        drawn = svg.vertical_name(actor.name, width - 2, columns.head, paper.HEAD_FONT)
        assert " ".join(text.text for text in drawn).replace("/ ", "/") == actor.name
        for text in drawn:
            assert FONT.getlength(text.text) * paper.HEAD_FONT / 100 <= columns.head
            baseline = float(re.match(r"translate\(([0-9.]+) ", text.get("transform"))[1])
            assert paper.HEAD_FONT * 0.75 <= baseline <= width - 2 - paper.HEAD_FONT * 0.2


def test_the_frame_ends_with_the_last_row(units):
    """Checked on the rendered image: below the lowest horizontal line no line continues down the sides."""
    pdf = pdfium.PdfDocument(document_pdf.pdf_of(draft(many_steps(14, 12))))
    assert len(pdf) > 2
    for number in range(1, len(pdf)):
        picture = pdf[number].render(scale=2).to_pil().convert("L").point(lambda grey: 255 * (grey < 215))
        # Without the footer.
        picture = picture.crop((0, 0, picture.width, int(picture.height * 0.93)))
        dark = picture.resize((1, picture.height), Image.Resampling.BOX).tobytes()
        lowest = max(y for y, share in enumerate(dark) if share > 200)
        assert not any(dark[lowest + 3 :])
        sides = picture.crop((0, 0, picture.width, lowest)).resize((picture.width, 1), Image.Resampling.BOX).tobytes()
        tenth = len(sides) // 10
        assert max(sides[:tenth]) > 120 and max(sides[-tenth:]) > 120
    pdf.close()


def test_a_row_with_a_very_long_text_stays_on_one_page(units):
    content = many_steps(6, 15)
    content["steps"][2]["inputs"] = LONG
    texts = words_by_page(document_pdf.pdf_of(draft(content)))
    (page,) = [text for text in texts if "(1) fotokopi" in " ".join(text.split())]
    assert "(89) fotokopi" in " ".join(page.split())


def test_a_text_longer_than_any_page_is_printed_all_the_same(units):
    content = many_steps(4)
    content["steps"][1]["output"] = LONG[:1600] * 3
    assert "".join(words_by_page(document_pdf.pdf_of(draft(content)))).count("(30)") == 3


def test_a_draft_without_steps_or_actors_can_be_printed(units):
    version = draft(make.small_content())
    Step.objects.filter(version=version).delete()
    version.actors.all().delete()
    version.content_hash = ""
    version.save()
    assert document_pdf.pdf_of(version).startswith(b"%PDF-1.7")


@given(
    rows=st.lists(st.tuples(*[st.integers(0, 3000)] * 4), max_size=60),
    actors=st.integers(1, 30),
)
def test_columns_fill_the_page(rows, actors):
    room = paper.PAGE - paper.NUMBER - paper.TIME - min(max(126, 10 * actors), 150, 24 * actors)
    widths = paper.share_out(rows, room)
    assert sum(widths) == pytest.approx(room)
    assert all(width >= least for width, least in zip(widths, paper.TEXTS, strict=True))


def test_the_longest_text_gets_the_widest_column():
    assert max(paper.share_out([(20, 900, 20, 20)] * 3, 140)[1:]) == paper.share_out([(20, 900, 20, 20)] * 3, 140)[1]


# The marks of its state


def test_each_state_bears_its_mark(units, cast):
    version = draft(make.small_content())
    assert document_pdf.mark_of(version) == "DRAF"
    make.confirm_all(version, cast["admin"])
    assert document_pdf.mark_of(life.verify_version(version, by=staff(cast["head"]))) == "DRAF"
    version = make.approve(version, cast["head"], "800/1/2026")
    assert document_pdf.mark_of(version) == ""
    version = life.publish_version(version, by=staff(cast["admin"]))
    assert document_pdf.mark_of(version) == ""
    assert not any("DRAF" in text for text in words_by_page(document_pdf.pdf_of(version)))
    version = life.withdraw_version(version, by=staff(cast["admin"]))
    assert document_pdf.mark_of(version) == "TIDAK BERLAKU"
    assert all("TIDAK BERLAKU" in text for text in words_by_page(document_pdf.pdf_of(version)))


def test_what_was_superseded_is_marked_from_its_last_day_on(units, cast):
    version = make.publish(make.small_content(), cast)
    version.effective_to = clock.today() + datetime.timedelta(days=1)
    assert document_pdf.mark_of(version) == ""
    version.effective_to = clock.today()
    assert document_pdf.mark_of(version) == "TIDAK BERLAKU"


def test_an_example_is_marked_and_a_draft_of_one_twice(units):
    version = draft(make.small_content(example=True))
    assert all("DRAF · CONTOH" in text for text in words_by_page(document_pdf.pdf_of(version)))


# The cached copy


def copies(version):
    return sorted((document_pdf.Path(document_pdf.settings.VAR_DIR) / "cache" / "sop").glob(f"{version.pk}-*"))


def test_a_stored_one_is_served_without_being_laid_out(client, units, cast):
    version = make.publish(make.small_content(), cast)
    address = f"/sop/{version.sop.slug}/pdf/"
    assert client.get(address).content.startswith(b"%PDF-1.7")
    (copy,) = copies(version)
    copy.write_bytes(b"%PDF- as it was stored")
    assert client.get(address).content == b"%PDF- as it was stored"
    assert copies(version) == [copy]


def test_every_change_of_what_is_shown_makes_it_new_and_drops_the_old(units):
    version = draft(make.small_content())
    seen = {document_pdf.pdf_of(version)}

    def changed():
        seen.add(document_pdf.pdf_of(SopVersion.objects.select_related("sop__unit").get(pk=version.pk)))
        return len(seen), len(copies(version))

    Step.objects.filter(version=version, no=2).update(activity="Apakah berkas sudah benar?")
    assert changed() == (2, 1)
    version.sop.unit.name = "Bidang Lain"
    version.sop.unit.save()
    assert changed() == (3, 1)
    version.actors.filter(order=1).update(name="Pemohon atau Wali")
    assert changed() == (4, 1)
    assert changed() == (4, 1)


def test_several_at_once_get_the_same_and_leave_one_copy(units, cast):
    version = make.publish(make.small_content(), cast)
    content = document_pdf.render(version)
    path = document_pdf._cache_path(version)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _n: document_pdf._keep(path, content), range(40)))
    assert copies(version) == [path] and path.read_bytes() == content


def test_what_cannot_be_stored_is_served_all_the_same(units, tmp_path):
    version = draft(make.small_content())
    (tmp_path / "cache").write_text("no folder")
    assert document_pdf.pdf_of(version).startswith(b"%PDF-1.7")
    assert os.listdir(tmp_path) == ["cache"]

"""Where kept input is put back on a page: each kind of field and each choice between forms, clause by clause."""

import pytest

from ula_portal.core.web.kept_input import filling
from ula_portal.core.web.kept_input.storage import KeptForm

HERE = "/petugas/a/"
GOOD, BUTTON_ONLY = "Isian Anda tidak hilang", "Tekan tombolnya sekali lagi"


def page(body, fields, action=HERE, address=HERE, **more):
    """The page at ``address``, with the input that was submitted to ``action``."""
    kept = {"files": [], "omitted": []} | more
    return filling.fill_page(f"<main>{body}</main>", address, KeptForm(action, list(fields.items()), **kept))


@pytest.mark.parametrize(
    ("field", "values", "written"),
    [
        ('<input name="a" value="lama">', ["Kata"], '<input name="a" value="Kata">'),
        ('<input name="a" required />', ["Kata"], '<input name="a" required value="Kata">'),
        ('<input name="a" title="&lt;">', ['&"<>'], '<input name="a" title="&lt;" value="&amp;&quot;&lt;&gt;">'),
        # Browsers use the first of two equal attributes.
        ('<input name="a" title="1" title="2">', ["Kata"], '<input name="a" title="1" value="Kata">'),
        ('<input name="a" value="lama">', [], '<input name="a" value="">'),
        ('<input type="CHECKBOX" name="a">', ["on"], '<input type="CHECKBOX" name="a" checked>'),
        ('<input type="checkbox" name="a" checked>', ["ya"], '<input type="checkbox" name="a">'),
        ('<input type="radio" name="a" value="ya">', ["ya"], '<input type="radio" name="a" value="ya" checked>'),
        (
            '<textarea name="a" rows=3>lama</textarea>',
            ["&<b>"],
            '<textarea name="a" rows=3>\n&amp;&lt;b&gt;</textarea>',
        ),
        # Fields with the same name get the values in order.
        ('<input name="a"><input name="a">', ["x", "y"], '<input name="a" value="x"><input name="a" value="y">'),
        ('<input name="a"><input name="a" value="1">', ["x"], '<input name="a" value="x"><input name="a" value="">'),
        (
            '<input type="hidden" name="a" value="1"><input name="a">',
            ["2", "3"],
            '<input type="hidden" name="a" value="2"><input name="a" value="3">',
        ),
        (
            '<select name="a"><option value="1" selected>A</option><option value="2">B</option></select>',
            ["2"],
            '<select name="a"><option value="1">A</option><option value="2" selected>B</option></select>',
        ),
        # Only an option of the field can be selected.
        (
            """<select name="a"><optgroup label='B'><option value="1"></optgroup></select>"""
            """<datalist><option value="1">""",
            ["1"],
            """<select name="a"><optgroup label='B'><option value="1" selected></optgroup></select>"""
            """<datalist><option value="1">""",
        ),
        # The datalist of a text field does not limit its values.
        (
            '<datalist id="l"><option value="1"></datalist><input name="a" list="l">',
            ["1"],
            '<datalist id="l"><option value="1"></datalist><input name="a" list="l" value="1">',
        ),
    ],
)
def test_each_kind_of_field_takes_its_value(field, values, written):
    text = page(f'<form method="post">{field}</form>', {"a": values})
    assert f'<form method="post" data-kept>{written}</form>' in text


@pytest.mark.parametrize(
    "field",
    [
        '<input name="b" value="lama">',
        '<input value="lama">',
        '<input name="a" value="lama" disabled>',
        '<input name="a" value="lama" readonly>',
        '<textarea name="a" readonly>lama</textarea>',
        '<input type="file" name="a">',
        '<input type="password" name="a">',
        '<input type="Submit" name="a" value="lama">',
        '<input type="image" name="a" value="lama">',
        '<input type="reset" name="a" value="lama">',
        '<input type="button" name="a" value="lama">',
        '<button name="a" value="lama">Kirim</button>',
        '<select name="a"><option value="1" selected>A</option></select>',
    ],
)
def test_what_nobody_types_into_stays_as_it_is(field):
    text = page(f'<form method="post">{field}<input name="c"></form>', {"a": ["Kata"], "c": ["Lain"]})
    assert f'{field}<input name="c" value="Lain">' in text


@pytest.mark.parametrize(
    ("tag", "inside", "takes"),
    [
        ('method="POST"', "", True),
        ("", "", False),
        ('method="get"', "", False),
        ('method="post" action=""', "", True),
        ('method="post" action="../a/"', "", True),
        ('method="post" action="/petugas/a/?tab=c"', "", True),
        ('method="post" action="/petugas/b/"', "", False),
        # A button may submit the form to another address; one without an address uses that of the form.
        ('method="post" action="/petugas/b/"', "<button>Kirim</button>", False),
        ('method="post" action="/petugas/b/"', '<button formaction="/petugas/a/">Kirim</button>', True),
        ('method="post" action="/petugas/a/"', '<button formaction="/petugas/b/">Kirim</button>', True),
    ],
)
def test_the_form_is_one_that_is_sent_there(tag, inside, takes):
    text = page(f'<form {tag}><input name="a">{inside}</form>', {"a": ["Kata satu"]}, action=f"{HERE}?tab=b")
    assert ('<input name="a" value="Kata satu">' in text) is takes
    assert ("<blockquote" in text) is not takes, "what finds no place is shown"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # A matching text field counts for a form, a matching hidden value counts more, and a different one counts
        # against it.
        ('<input name="b">', '<input name="a">'),
        ('<input name="a">', '<input name="a"><input type="hidden" name="do" value="1">'),
        ('<input name="a"><input name="x">', '<input type="hidden" name="do" value="1">'),
        ('<input name="a"><input type="hidden" name="do" value="2">', '<input name="a">'),
        ('<input name="a"><button name="do" value="2">', '<input name="a"><button name="do" value="1">'),
        ('<input name="a"><button name="do" value="2">', '<input name="a"><button>'),
        ('<input name="a" value="Kata">', '<input name="a"><input type="hidden" name="do" value="1">'),
    ],
)
def test_of_several_the_most_alike_one(first, second):
    text = page(f'<form method="post">{first}</form><form method="post">{second}</form>', {"a": ["Kata"], "do": ["1"]})
    assert f'<form method="post">{first}</form><form method="post" data-kept>' in text


def test_a_form_that_only_carries_something_else_is_none_of_it():
    text = page('<form method="post"><input type="hidden" name="do" value="2"></form>', {"do": ["1"]})
    assert "data-kept" not in text
    assert "data-kept" not in page('<form method="post"><input name="b"></form>', {"do": ["1"]})
    assert "data-kept" in page('<form method="post"><input type="hidden" name="do"></form>', {"do": [""]})
    # Nothing of it was kept, so nothing can be compared.
    assert "data-kept" in page('<form method="post"><input name="b"></form>', {})


@pytest.mark.parametrize(
    ("body", "takes"),
    [
        ('<input name="a" form="f"><form method="post" id="f"></form>', True),
        ('<form method="post" id="f"></form><form method="get"><input name="a" form="f"></form>', True),
        ('<form method="post" id="f"><input name="a" form="g"></form>', False),
        ('<form method="post" id="f"></form><input name="a">', False),
        ('<form method="post"><select name="b"><option value="1"></select><input name="a"></form>', True),
        ('<form method="post"><textarea name="b"></textarea><option value="1"><input name="a"></form>', True),
    ],
)
def test_fields_belong_to_their_form(body, takes):
    text = page(body, {"a": ["Kata satu"], "b": ["1"]})
    assert ('value="Kata satu"' in text) is takes


@pytest.mark.parametrize(
    ("body", "opened"),
    [
        ("<details><details>{}</details></details>", "<details open><details open>"),
        ("<details></details>{}", "<details></details>"),
        ("<details><p>Lain</p>{}</details>", "<details open>"),
        ("<details>{}</details>", "<details open>"),
        ("</details><details>{}</details>", "<details open>"),
    ],
)
def test_closed_parts_open_around_what_was_typed(body, opened):
    html = '<form method="post">' + body.format('<input name="a">') + "</form>"
    assert opened in page(html, {"a": ["Kata"]})
    assert "open" not in page(html, {"a": [" "]}).partition("<form")[2], "an empty field is nothing to see"


@pytest.mark.parametrize(
    ("field", "value", "typed"),
    [
        ('<input name="a">', "Kata", True),
        ('<input name="a">', "  ", False),
        ('<input type="hidden" name="a" value="Kata">', "Kata", False),
        ('<input type="checkbox" name="a" value="1">', "1", True),
        ('<input type="checkbox" name="a" value="1">', "0", False),
        ('<select name="a"><option value="">–<option value="1">A</select>', "1", True),
        ('<select name="a"><option value="">–<option value="1">A</select>', "", False),
        ('<select name="a"><option value="1">A</select>', "2", False),
        ('<input type="file" name="a">', "Kata", False),
        # A value without a field counts as typed if it contains words; the counters of a formset never do.
        ('<input name="b">', "Kata", True),
        ('<input name="b">', "17", False),
    ],
)
def test_it_is_told_whether_anything_had_been_typed(field, value, typed):
    text = page(f'<form method="post">{field}</form>', {"a": [value], "x-TOTAL_FORMS": ["Kata satu"]})
    assert (GOOD in text, BUTTON_ONLY in text) == (typed, not typed)
    assert ("<blockquote" in text) is (typed and 'name="b"' in field)


def test_fields_are_found_on_their_lines_and_where_a_page_breaks_off():
    text = page('<form method="post">\n\n<input\n name="a"\r\n>\n<textarea name="b">', {"a": ["Kata"], "b": ["Lain"]})
    assert '<form method="post" data-kept>\n\n<input name="a" value="Kata">\n<textarea name="b">\nLain' in text


def test_a_pages_own_counts_stay():
    count = '<input name="x-TOTAL_FORMS" value="1">'
    assert count in page(f'<form method="post">{count}</form>', {"x-TOTAL_FORMS": ["9"]})


def test_what_must_be_typed_again_is_named_by_its_label_once():
    labels = '<label for="p">Kata <b>sandi</b> &amp; kode&#33;</label> bebas <label>lain</label>'
    fields = (
        '<input type="password" id="p" name="p"><input type="password" id="p" name="q"><input name="r"><input name="s">'
    )
    text = page(f'<form method="post">{labels}{fields}</form>', {}, omitted=["p", "q", "r", "t"])
    assert "<strong>Kata sandi &amp; kode!</strong>, <strong>r</strong>." in text


def test_the_notice_stands_at_the_top_of_the_page_and_looks_as_it_does_there():
    first, notice, second = page("<p><main></main></p>", {}).partition('<div class="notice')
    assert notice and first.strip() == "<main>" and second.endswith("<p><main></main></p></main>")
    kept = KeptForm(HERE, [("a", ["Kata"])], [], [])
    assert filling.fill_page('<form method="post"><input name="a"></form>', HERE, kept) == (
        '<form method="post" data-kept><input name="a" value="Kata"></form>'
    )


def test_that_nothing_could_be_kept_is_told_where_there_is_a_place():
    told = filling.add_lost_notice("<main>Isi</main>")
    assert told.startswith("<main>") and "harus Anda tulis lagi" in told and told.endswith("Isi</main>")
    assert filling.add_lost_notice("<p>Isi") == "<p>Isi"

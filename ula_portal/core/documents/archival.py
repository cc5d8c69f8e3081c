"""Finish a tagged PDF/A-2a for archiving and screen readers (PDF/UA-1): its structure tree and the mark in its XMP.

WeasyPrint writes the structure page by page. Here a table that spans pages becomes one table, cells are linked to their
headings, and content outside the structure (page numbers, repeated heads, ornaments) is marked as an artifact.
"""

import functools
import io
import itertools
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, String

MARKED = re.compile(rb"/\w+\s+<<\s*/MCID (\d+)\s*>>\s+BDC")
# Data ending in a carriage return before the line feed of "endstream": readers disagree on the length.
AMBIGUOUS = b"\r\nendstream"
# PDF/A accepts only described properties. Source: PDF Association, TechNote 0010 (schema of the PDF/UA mark).
UA_MARK = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def finish_pdf(content: bytes) -> bytes:
    """The finished PDF. ``content``: a ``pdf/a-2a`` written by WeasyPrint, with all text and pictures tagged.

    Raises: ValueError for an unexpected XMP packet.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        _Structure(pdf).mend()
        packet: bytes = pdf.Root.Metadata.read_bytes()
        if packet.count(b"</rdf:RDF>") != 1:
            raise ValueError("the XMP packet is not the one that was expected")
        mark = pdf.make_stream(packet.replace(b"</rdf:RDF>", UA_MARK + b"</rdf:RDF>"), Type=Name.Metadata)
        mark.Subtype = Name.XML
        pdf.Root.Metadata = mark
        for stored in pdf.objects:
            if isinstance(stored, pikepdf.Stream) and stored.read_raw_bytes().endswith(b"\r"):
                _store(stored, stored.read_bytes())
        saved = _saved(pdf, pikepdf.ObjectStreamMode.generate)
        return _saved(pdf, pikepdf.ObjectStreamMode.disable) if AMBIGUOUS in saved else saved


def _saved(pdf: pikepdf.Pdf, mode: pikepdf.ObjectStreamMode) -> bytes:
    target = io.BytesIO()
    pdf.save(target, deterministic_id=True, object_stream_mode=mode)
    return target.getvalue()


def _store(stream: pikepdf.Object, data: bytes) -> None:
    """Compress the data so that its end is not AMBIGUOUS; trailing white space does not change its meaning."""
    compressed = zlib.compress(data)
    while compressed.endswith(b"\r"):
        data += b"\n"
        compressed = zlib.compress(data)
    stream.write(compressed, filter=Name.FlateDecode)
    if "/Length1" in stream:
        stream.Length1 = len(data)


class _Element:
    """A structure element as a Python tree. ``children`` are elements, or the numbers of marked content."""

    def __init__(self, stored: pikepdf.Object, parent: "_Element | None" = None) -> None:
        # The root is its own parent.
        self.stored, self.parent = stored, parent or self
        self.kind = str(stored.S)
        # An element without a page gets an empty one that belongs to no document.
        self.page = stored.get("/Pg", Dictionary())
        self.children: list[_Element | int] = [
            _Element(kid, self) if isinstance(kid, Dictionary) else int(kid) for kid in stored.get("/K", [])
        ]

    @property
    def elements(self) -> "list[_Element]":
        return [child for child in self.children if isinstance(child, _Element)]

    def walk(self) -> "Iterator[_Element]":
        yield self
        for child in self.elements:
            yield from child.walk()

    def all(self, *kinds: str) -> "list[_Element]":
        return [element for element in self.walk() if element.kind in kinds]

    def take(self, children: "list[_Element]") -> None:
        """Append another element's children to this element's own."""
        for child in children:
            child.parent, child.stored.P = self, self.stored
            self.children.append(child)

    def write(self) -> None:
        for element in self.elements:
            element.write()
        self.stored.K = Array([child.stored if isinstance(child, _Element) else child for child in self.children])


class _Structure:
    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.root = _Element(pdf.Root.StructTreeRoot.K[0])
        self.order = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}

    def mend(self) -> None:
        self._join_tables()
        for figure in self.root.all("/Figure"):
            self._place(figure)
        self._prune(self.root)
        headings: dict[str, pikepdf.Object] = {}
        for number, table in enumerate(self.root.all("/Table")):
            headings |= _link_headings(table, number)
        names = itertools.chain.from_iterable((String(name), headings[name]) for name in sorted(headings))
        self.pdf.Root.StructTreeRoot.IDTree = self.pdf.make_indirect(Dictionary(Names=Array(names)))
        self.root.write()
        self._mark_artifacts()

    def _page(self, element: _Element) -> int:
        return self.order[element.page.objgen]

    def _join_tables(self) -> None:
        """Join a table to the one before it if their heads are equal and it comes first on the next page."""
        tables = [table for table in self.root.all("/Table") if _shape(table)]
        for first, second in reversed(list(itertools.pairwise(tables))):
            last_page = max(self._page(row) for row in first.all("/TR"))
            if _shape(first) != _shape(second) or self._page(second) != last_page + 1:
                continue
            if not self._is_first_on_page(second):
                continue
            body = first.all("/TBody")[-1]
            body.take([row for part in second.all("/TBody") for row in part.elements])
            second.parent.children.remove(second)

    def _is_first_on_page(self, table: _Element) -> bool:
        before = itertools.takewhile(lambda element: element is not table, self.root.walk())
        return all(
            self._page(element) < self._page(table) for element in before if element.kind in ("/Span", "/Figure")
        )

    def _place(self, figure: _Element) -> None:
        """Convert a figure's box from WeasyPrint's px from the top to PDF's points from the bottom."""
        box = figure.stored.get("/A", Dictionary()).get("/BBox")
        if box is not None:
            height = float(figure.page.MediaBox[3])
            left, top, right, bottom = (float(side) * 0.75 for side in box)
            figure.stored.A.BBox = Array([round(side, 2) for side in (left, height - bottom, right, height - top)])

    def _prune(self, element: _Element) -> None:
        """Remove pictures without a text alternative and containers without content."""
        for child in element.elements:
            self._prune(child)
            has_no_text = child.kind == "/Figure" and "/Alt" not in child.stored
            is_empty = child.kind in ("/Div", "/NonStruct", "/Part", "/P", "/Span") and not child.children
            if has_no_text or is_empty:
                element.children.remove(child)

    def _mark_artifacts(self) -> None:
        """Mark content that no element refers to as an artifact."""
        referenced: dict[tuple[int, int], set[int]] = defaultdict(set)
        for element in self.root.walk():
            numbers = [child for child in element.children if isinstance(child, int)]
            if numbers:
                referenced[element.page.objgen].update(numbers)
        parents = self.pdf.Root.StructTreeRoot.ParentTree.Nums
        parents_of = {int(parents[n]): parents[n + 1] for n in range(0, len(parents), 2)}
        for page in self.pdf.pages:
            in_structure, entries = referenced[page.obj.objgen], parents_of[int(page.StructParents)]
            content = page.Contents.read_bytes()
            _store(page.Contents, MARKED.sub(functools.partial(_mark, in_structure), content))
            for number in range(len(entries)):
                if number not in in_structure:
                    entries[number] = None


def _mark(in_structure: set[int], found: re.Match[bytes]) -> bytes:
    return found[0] if int(found[1]) in in_structure else b"/Artifact <</Type /Pagination>> BDC"


def _shape(table: _Element) -> list[tuple[int, int]]:
    """The (columns, rows) spans of the cells in a table's head; empty without a head."""
    cells = [cell for head in table.all("/THead") for cell in head.all("/TH")]
    return [_span(cell) for cell in cells]


def _span(cell: _Element) -> tuple[int, int]:
    attributes = cell.stored.get("/A", Dictionary())
    return int(attributes.get("/ColSpan", 1)), int(attributes.get("/RowSpan", 1))


def _link_headings(table: _Element, number: int) -> dict[str, pikepdf.Object]:
    """Give headings an id and a scope, and each cell the ids of its column and row headings.

    Returns the headings by id.
    """
    occupied: set[tuple[int, int]] = set()
    column_headings: dict[int, list[str]] = defaultdict(list)
    found: dict[str, pikepdf.Object] = {}
    for y, row in enumerate(table.all("/TR")):
        x, row_headings = 0, list[str]()
        for cell in row.elements:
            while (x, y) in occupied:
                x += 1
            columns, rows = _span(cell)
            occupied.update(itertools.product(range(x, x + columns), range(y, y + rows)))
            if cell.kind == "/TH":
                name = f"t{number}-{len(found) + 1}"
                found[name] = cell.stored
                cell.stored.ID = String(name)
                in_head = row.parent.kind == "/THead"
                cell.stored.A.Scope = Name.Column if in_head else Name.Row
                for headings in (
                    [column_headings[column] for column in range(x, x + columns)] if in_head else [row_headings]
                ):
                    headings.append(name)
            else:
                names = dict.fromkeys(
                    [*row_headings, *(name for column in range(x, x + columns) for name in column_headings[column])]
                )
                cell.stored.A.Headers = Array([String(name) for name in names])
            x += columns
    return found

"""The slip for a thermal printer, received by a real socket."""

import socket
import threading

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import visitors as make
from visitors.checkin import slip
from visitors.models import TicketPrinter
from visitors.queue.actions import tickets

pytestmark = pytest.mark.django_db
ADDRESS = "http://portal.example/antrean/tiket/rahasia/"


@pytest.fixture
def ticket(desk):
    service = make.service("A", name="Legalisasi ijazah dan surat keterangan pengganti ijazah yang hilang atau rusak")
    make.counter(service)
    return make.ticket(service=service, user=desk, lane="priority", ground="elderly")


@pytest.fixture
def printer():
    """A port that keeps what is sent to it: ``(port, received)``; ``received()`` waits for the end of the stream."""
    server = socket.create_server(("127.0.0.1", 0))
    pieces = []

    def take():
        connection, _peer = server.accept()
        with connection:
            while piece := connection.recv(4096):
                pieces.append(piece)

    thread = threading.Thread(target=take, daemon=True)
    thread.start()

    def received():
        thread.join(timeout=20)
        return b"".join(pieces)

    yield server.getsockname()[1], received
    server.close()


@pytest.mark.parametrize("width", [58, 80])
def test_the_stream_holds_number_purpose_code_and_cut(ticket, width):
    stream = slip.slip_stream(ticket, "Dinas Pendidikan Kabupaten Batu Bara", ADDRESS, width)
    assert stream.startswith(b"\x1b@")
    for words in (b"A-001", b"Nomor antrean", b"Layanan prioritas", b"WIB", ADDRESS.encode()):
        assert words in stream
    # Four times the usual size, and the cut at the end.
    assert b"\x1d!\x33" in stream
    assert b"\x1dV" in stream[-6:]
    assert ticket.visit.visitor.name.encode() not in stream
    text = [line for line in stream.split(b"\n") if b"ijazah" in line]
    assert len(text) >= 2 and all(len(line) <= slip.COLUMNS[width] + 24 for line in text)


def test_long_words_are_broken_and_nothing_is_lost():
    text = "satu " + "x" * 40 + " dua tiga"
    lines = slip._folded(text, 16)
    assert all(len(line) <= 16 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert slip._folded("", 16) == []


def test_the_desk_sends_it_to_the_printer(client, desk, ticket, printer):
    port, received = printer
    TicketPrinter.objects.create(location=ticket.location, name="Printer 1", address="127.0.0.1", port=port, width=58)
    client.force_login(desk)
    # With JavaScript the strip sends itself; without, it has a button.
    strip = client.get(reverse("ticket_print", args=[ticket.pk]) + "?cetak=1", follow=True).content.decode()
    sending = reverse("ticket_to_printer", args=[ticket.pk])
    assert f'hx-post="{sending}" hx-trigger="load"' in strip and "Cetak di Printer 1" in strip
    answer = client.post(sending, headers={"HX-Request": "true"})
    assert "last-ticket is-printed" in answer.content.decode() and ticket.label in answer.content.decode()
    # Loading the page again prints nothing again.
    assert answer.headers["HX-Replace-Url"] == reverse("checkin")
    assert tickets.ticket_token(ticket).encode() in received()


def test_without_javascript_the_desk_says_what_was_printed(client, desk, ticket, printer):
    port, _received = printer
    TicketPrinter.objects.create(location=ticket.location, name="Printer 1", address="127.0.0.1", port=port)
    client.force_login(desk)
    answer = client.post(reverse("ticket_to_printer", args=[ticket.pk]), follow=True)
    assert "A-001 dicetak di Printer 1." in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_printer_that_does_not_answer_leaves_the_browser(client, desk, ticket, headers):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    TicketPrinter.objects.create(location=ticket.location, name="Printer 1", address="127.0.0.1", port=port)
    client.force_login(desk)
    sending, slip_page = (reverse(name, args=[ticket.pk]) for name in ("ticket_to_printer", "ticket_print"))
    html = client.post(sending, headers=headers, follow=True).content.decode()
    assert "Printer 1 tidak menjawab." in html and f"{slip_page}?cetak=sini" in html
    assert "data-print-at-once" in client.get(f"{slip_page}?cetak=sini").content.decode()


def test_without_a_printer_there_is_no_such_address(client, desk, ticket):
    client.force_login(desk)
    assert client.post(reverse("ticket_to_printer", args=[ticket.pk])).status_code == 404


def test_one_printer_in_use_per_place(ticket):
    values = {"location": ticket.location, "address": "10.0.0.9"}
    TicketPrinter.objects.create(name="a", **values)
    TicketPrinter.objects.create(name="b", active=False, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        TicketPrinter.objects.create(name="c", **values)

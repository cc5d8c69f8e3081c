"""Who may open a stream, with the real server."""

import pytest

from tests.factories import visitors as make
from tests.live.live_server import Client, running
from ula_portal.core.models import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk():
    service = make.service("A", name="Legalisasi contoh")
    clerk = make.person(Role.COUNTER)
    make.counter(service, name="Loket 2")

    class Desk:
        def ticket(self):
            return make.ticket(service=service, user=clerk)

    return Desk()


def test_gate_refuses_strangers(desk):
    with running() as port:
        path = "/live/display/ula"
        assert Client(port, path, Host="jahat.example").status == 400
        assert Client(port, path, Origin="https://jahat.example").status == 403
        assert Client(port, path, Origin="http://[").status == 403
        assert Client(port, path, Sec_Fetch_Site="cross-site").status == 403
        assert Client(port, path, Origin=f"http://127.0.0.1:{port}").status == 200
        assert Client(port, "/live/display/tidak-ada").status == 404
        assert Client(port, "/live/ticket/salah").status == 404
        assert Client(port, "/live/").status == 404
        assert Client(port, "/live/siaran/ula").status == 404


def test_beyond_the_cap_503_and_room_again_when_one_leaves(desk):
    with running(LIVE_STREAMS="2") as port:
        first, second = (Client(port, "/live/display/ula") for _n in range(2))
        first.until("state")
        second.until("state")
        third = Client(port, "/live/display/ula")
        assert (third.status, third.answer.headers["Retry-After"]) == (503, "15")
        first.close()
        first.answer.close()
        desk.ticket()
        second.until("queue")
        for _try in range(100):
            again = Client(port, "/live/display/ula")
            if again.status == 200:
                break
        assert again.status == 200


def test_one_source_cannot_hold_all_streams(desk):
    with running(LIVE_STREAMS="8", TRUSTED_PROXIES="127.0.0.1") as port:

        def client(address, said="192.0.2.1"):
            opened = Client(port, "/live/display/ula", X_Forwarded_For=f"{said}, {address}")
            if opened.status == 200:
                opened.until("state")
            return opened

        held = [client("203.0.113.5", f"192.0.2.{n}") for n in range(3)]
        assert [each.status for each in held] == [200, 200, 503]
        assert client("198.51.100.9").status == 200

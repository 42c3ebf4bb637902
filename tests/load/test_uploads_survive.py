"""A server that is killed while a file is being sent: the upload goes on where it was."""

import json
import time

import pytest
from live_server import Browser, Server

from korrigo.services import Exams

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]

PIECE = 1 << 20


def test_a_server_that_is_killed_in_the_middle_of_uploads_loses_no_byte(data, tmp_path):
    scan = (data / "batches" / "messy-a4" / "scan.pdf").read_bytes()
    server = Server(tmp_path)
    try:
        owner = server.user("owner", "secretary")
        with server.scope(owner) as request:
            exam = request.find_service(Exams).create(title="Killed").id
        browser = Browser(server, owner)
        _status, _headers, body = browser.ask("POST", f"/import/exams/{exam}/uploads",
                                              {"name": "pile.pdf", "size": len(scan)})
        url, offset, kills = json.loads(body)["url"], 0, 0
        while offset < len(scan):
            if offset >= (kills + 1) * len(scan) // 4:
                # A piece is on its way: half of it was sent when the server goes.
                browser.connection.putrequest("PATCH", url)
                for name, value in {"Cookie": browser.cookies, "X-CSRF-Token": browser.token,
                                    "Content-Type": "application/octet-stream", "Upload-Offset": str(offset),
                                    "Content-Length": str(PIECE)}.items():
                    browser.connection.putheader(name, value)
                browser.connection.endheaders(scan[offset:offset + PIECE // 2])
                server.kill()
                browser.connection.close()
                kills += 1
                server.start()
                browser = Browser(server, owner)
                _status, _headers, body = browser.ask("GET", url)
                assert json.loads(body)["offset"] == offset
            answer = browser.patch(url, offset, scan[offset:offset + PIECE])
            offset = answer["offset"]
        assert kills == 3
        deadline = time.monotonic() + 90
        while (found := json.loads(browser.ask("GET", answer["batch"]["url"])[2]))["state"] == "received":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert (found["state"], found["size"], found["pages"]) == ("ready", len(scan), 53)
        browser.connection.close()
    finally:
        server.close()

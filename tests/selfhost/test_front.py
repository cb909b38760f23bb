"""A server in front of the relay passes requests on, limits clients, and writes no secret into a log."""

import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.selfhost.conftest import API_KEY, program, relay
from tools.function import ROOT, free_port

PING = {"event": "system:ping", "id": "one"}
TELEGRAM = {"X-Telegram-Bot-Api-Secret-Token": "0123456789abcdef" * 4}


@contextmanager
def caddy(caddy: str, upstream: int, folder: Path) -> Iterator[str]:
    port = free_port()
    environ = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
        "RELAY_DOMAIN": f"http://127.0.0.1:{port}",
        "RELAY_UPSTREAM": f"127.0.0.1:{upstream}",
    }
    file = str(ROOT / "selfhost" / "Caddyfile")
    command = [caddy, "run", "--config", file, "--adapter", "caddyfile"]
    with program(command, port, folder / "log", environ):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def nginx(nginx: str, upstream: int, folder: Path, certificates: Path) -> Iterator[str]:
    port = free_port()
    site = (ROOT / "selfhost" / "nginx.conf").read_text()
    for ours, theirs in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/letsencrypt/live/sms.example.org/fullchain.pem": f"{certificates}/server.crt",
        "/etc/letsencrypt/live/sms.example.org/privkey.pem": f"{certificates}/server.key",
        "http://127.0.0.1:8080": f"http://127.0.0.1:{upstream}",
    }.items():
        assert ours in site
        site = site.replace(ours, theirs)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log debug;\n"
        f"events {{}}\nhttp {{\naccess_log {folder}/access;\n{folders}{site}\n}}\n"
    )
    command = [nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with program(command, port, folder / "output", {"PATH": os.environ["PATH"]}):
        yield f"https://127.0.0.1:{port}"


@pytest.mark.parametrize("kind", ["caddy", "nginx"])
def test_it_passes_requests_on_and_logs_no_secret(
    kind: str, need: Callable[[str], str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    found, upstream = need(kind), free_port()
    trust: ssl.SSLContext = request.getfixturevalue("trust")
    front = (
        caddy(found, upstream, tmp_path)
        if kind == "caddy"
        else nginx(found, upstream, tmp_path, request.getfixturevalue("certificates"))
    )
    with front as url, httpx.Client(base_url=url, verify=trust, timeout=30) as phone:
        with relay(upstream):
            accepted = phone.post("/", params={"apiKey": API_KEY}, json=PING)
            refused = phone.post("/", params={"apiKey": "wrong"}, json=PING)
            healthy = phone.get("/health")
            told = phone.post("/telegram", headers=TELEGRAM, json={"update_id": 1})
            large = phone.post("/", params={"apiKey": API_KEY}, headers={"x": "x" * 40_000})
        gone = phone.post("/", params={"apiKey": API_KEY}, json=PING)
        phone.post("/telegram", headers=TELEGRAM, json={"update_id": 1})

    assert (accepted.status_code, accepted.json()) == (200, {"event": "one", "deliveries": {}})
    assert (refused.status_code, healthy.json(), gone.status_code) == (401, {"status": "pass"}, 502)
    assert told.status_code in {401, 404}
    assert "error" in told.json()  # it is the relay's own answer
    assert large.status_code in {400, 414, 431}
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    for secret in (API_KEY, *TELEGRAM.values()):
        assert [path.name for path in written if secret.encode() in path.read_bytes()] == []

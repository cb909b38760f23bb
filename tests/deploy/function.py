"""A fake of the deployed function."""

import hashlib
import hmac
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Function(ThreadingHTTPServer):
    """It records what is posted, and answers with the given statuses, then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.posts: list[dict[str, Any]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def types(self) -> list[str]:
        return [json.loads(each["body"])["event"] for each in self.posts]


class Post(BaseHTTPRequestHandler):
    server: Function

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = parse_qs(urlsplit(self.path).query).get("apiKey")
        self.server.posts.append({"key": key, "body": body, "headers": dict(self.headers)})
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()
        self.wfile.write(b'{"deliveries": {"telegram": "delivered"}}')

    def log_message(self, *_: object) -> None:
        """Write no log."""


def is_signed(post: dict[str, Any], key: str) -> bool:
    """Return whether a post is signed with that key."""
    moment = post["headers"]["X-Timestamp"]
    expected = hmac.new(key.encode(), post["body"] + moment.encode(), hashlib.sha256).hexdigest()
    return bool(post["headers"]["X-Signature"] == expected)

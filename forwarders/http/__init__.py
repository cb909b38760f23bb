"""The HTTP client that all forwarders share: each request is sent at most once."""

from forwarders.http.answer import Answer, retry_after
from forwarders.http.body import Part
from forwarders.http.client import CONNECT, IDLE, Http, at_loop_end

__all__ = ["CONNECT", "IDLE", "Answer", "Http", "Part", "at_loop_end", "retry_after"]

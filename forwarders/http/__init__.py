"""The one HTTP client of the process: a request in, at most one request on the wire, an answer out."""

from forwarders.http.answer import Answer, retry_after
from forwarders.http.body import Part
from forwarders.http.client import CONNECT, IDLE, Http, at_loop_end

__all__ = ["CONNECT", "IDLE", "Answer", "Http", "Part", "at_loop_end", "retry_after"]

"""The floor: a function that reads the request and does nothing with it."""

import functions_framework.aio
from starlette.requests import Request


@functions_framework.aio.http
async def forward(request: Request) -> str:
    """Read the body, and answer."""
    await request.body()
    return "OK"

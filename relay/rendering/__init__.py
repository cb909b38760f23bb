"""Render an event for a destination: a pure function of the event, the configuration and the time."""

from relay.rendering.renderer import Renderer

__all__ = ["Renderer"]

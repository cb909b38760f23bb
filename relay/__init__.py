"""The path of an event, a module a step."""

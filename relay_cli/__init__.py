"""The operator's commands: a thin layer over the path of an event, on one's own machine."""

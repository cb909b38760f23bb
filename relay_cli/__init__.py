"""The operator's commands: a thin layer over the relay, run on the operator's machine."""

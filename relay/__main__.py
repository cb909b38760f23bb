"""`python -m relay`: the door to the operator's commands, which the function does not need."""

from relay_cli.main import relay

relay(prog_name="python -m relay")

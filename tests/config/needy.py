"""A forwarder that needs a library which is not installed."""

import importlib

importlib.import_module("a_library_of_nobody")

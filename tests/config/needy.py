"""A forwarder that needs a library that is not installed."""

import importlib

importlib.import_module("a_library_of_nobody")

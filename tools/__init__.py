"""What `make demo` and `make run` do; it is not part of the function."""

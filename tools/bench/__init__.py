"""What `make bench` measures; it is not part of the function."""

"""Services that tests play: as strict as the real ones, on real sockets."""

"""A server of your own: what its installation needs beside the relay."""

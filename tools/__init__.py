"""Development tools: demo, run, bench and gallery. They are not part of the function."""

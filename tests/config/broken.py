"""A module that cannot be imported: something in it breaks."""

Own = 1 // 0

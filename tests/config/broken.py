"""A module that fails when it is imported."""

Own = 1 // 0

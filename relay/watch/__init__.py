"""What is known of each phone, and what a tick makes of it."""

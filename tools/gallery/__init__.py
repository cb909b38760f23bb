"""`make gallery`: the pictures of the documentation, drawn from what the services receive."""

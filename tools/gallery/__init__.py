"""The pictures of the documents, made of what the services really get; `make gallery` draws them."""

"""The reference deployment: the model behind HTTP, with a store, an outbox and nothing else of its own."""

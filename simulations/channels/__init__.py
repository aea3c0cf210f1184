"""How a message crosses from one context to another. Only that is a channel; phone and web are intakes."""

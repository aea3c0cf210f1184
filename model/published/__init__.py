"""The published language: what one context lets the others see.

Views are what can be seen of each thing from outside: answers of a deployment decode to them, states of the model
project to them. A field that a deployment does not offer is None; invariants that need it are then skipped by name.
Money is an Amount throughout.
"""

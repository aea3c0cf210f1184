"""Discrete-event simulations in which the model is the actor."""

"""Those who depend on a core, each as small as it can be: only the calls it makes and the fields it reads.

A consumer knows nothing of the model. What it expects is found out by letting it talk to the model
(contracts.pact_building), so that a pact promises exactly what somebody uses.
"""

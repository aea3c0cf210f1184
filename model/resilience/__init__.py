"""What protects a call or a message: pure machines that are told the time and the dice.

`now` is a whole number of microseconds since any fixed moment, so that a simulation passes its tick and a deployment
its clock; a variate is a number in [0, 1). A machine answers with the state that follows, so that whoever hosts it
decides where that is kept: in an object, in a row, in a transaction together with the effect.
"""

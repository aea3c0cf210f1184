"""The executable model of an insurance core: pure decisions, no clock, no dice, no I/O."""

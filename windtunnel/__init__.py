"""The front door: one command for the wind tunnel of insurance cores."""

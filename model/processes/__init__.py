"""What spans contexts and can time out: processes as machines, with their compensations."""

"""Policies: jobs, periods, rating and proration."""

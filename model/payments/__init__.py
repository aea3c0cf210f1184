"""Payments: intents, routes, retries, payouts and reconciliation."""

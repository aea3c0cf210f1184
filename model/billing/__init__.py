"""Billing: plans, accounts, invoices, delinquency and commission."""

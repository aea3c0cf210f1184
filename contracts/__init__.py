"""Contracts drawn from the model, and the judges that hold deployments to them."""

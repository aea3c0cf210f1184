"""Load on real deployments, ended by an audit of the money."""

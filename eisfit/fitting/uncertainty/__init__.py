"""Errors of fitted parameters: covariance, profile likelihood, bootstrap, Markov chains."""

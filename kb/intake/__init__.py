"""Bringing in: what comes is sorted out, stored or set aside; runs and their reports."""

"""Gems: the finds lifted out of reviews, their evidence, and how they are kept true."""

"""Bringing reviews in: formats, what they map to, and the pipeline from bytes to drafts."""

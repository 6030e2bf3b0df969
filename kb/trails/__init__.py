"""Trails: what a new colleague reads in which order, how far each is; and replays, cases tried before reading the answer."""

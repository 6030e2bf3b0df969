"""Questions that the library could not answer, until a gem or somebody's words do."""

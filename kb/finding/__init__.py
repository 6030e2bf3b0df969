"""Finding: a question put to the engine and its answer as this reader may see it; what is kept of searching."""

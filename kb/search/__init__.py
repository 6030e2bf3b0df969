"""Finding: the query language, the analysis of text, and the engines behind one contract."""

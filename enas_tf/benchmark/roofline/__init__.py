"""How much of a core's peak a search's step makes use of, and where its time goes."""

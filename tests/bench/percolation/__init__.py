"""Parts of percolate.py: many standing queries against each text, Wirewatch beside Lucene Monitor."""

"""Reports: the head's weekly letter, executors whose failures repeat, evidence for a claim; as HTML and PDF."""

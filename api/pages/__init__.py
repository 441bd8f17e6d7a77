"""The pages that people open in a browser; all in Russian."""

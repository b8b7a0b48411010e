"""Input that is broken, odd or meant to harm: always an answer or a clear error, and nothing of the user's is lost."""

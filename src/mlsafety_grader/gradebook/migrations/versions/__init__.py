"""The steps, oldest first. Each stands by itself: it names its columns in full and imports nothing of the package."""

"""Recorded runs, and what pages show of them: pictures, charts and tables."""

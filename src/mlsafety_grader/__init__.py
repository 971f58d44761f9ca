"""Autograding platform for the course *Introduction to ML Safety*.

Masters (notebooks with solutions and hidden tests) go in at the top, scored submissions come out at the bottom:

    assignments/ ── release.build ──► dist/<slug>/ ── gate ──► released
                                          │
    submissions ──► batch ──► engine ─────┘──► scoring ──► report ──► grades.csv, report.json, results.json

See docs/architecture.md for the floors that the packages stand on.
"""

__version__ = "0.1.0"

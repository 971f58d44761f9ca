"""The `mlsafety` command: parse, call the service, print. Nothing heavy is imported before a command runs."""

from mlsafety_grader.cli.app import main

__all__ = ["main"]

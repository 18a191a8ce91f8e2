"""Runs what one client of a platform can do against a simulator: run.py CLIENT. Prints one line of JSON a family."""

import importlib
import json
import sys
import traceback
from pathlib import Path


def told(error, file):
    """What went wrong, with the line of the family that it went wrong at."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    at = f"{lines[-1].lineno}: {lines[-1].line}" if lines else "before its first line"
    return f"line {at}: {error!r}"[:600]


client = importlib.import_module(sys.argv[1])
for family in client.FAMILIES:
    try:
        family(*client.connect())
        outcome = "works"
    except Exception as error:  # Each family is judged by itself.
        outcome = told(error, str(Path(client.__file__)))
    print("FAMILY " + json.dumps([family.__name__, outcome]), flush=True)

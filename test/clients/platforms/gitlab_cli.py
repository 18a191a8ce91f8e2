"""DataOps.live by the command of python-gitlab: a call a line, as people type it."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

# Each starts a program of its own, so there are few: lists, booleans as people write them, changes.
COMMANDS = """
current-user get
project list --search assays --membership yes --archived False --get-all
project get --id meridian/data/drill-assays
project-pipeline list --project-id 101 --ref main --per-page 3 --page 1
project-pipeline create --project-id 101 --ref dev
project-branch create --project-id 101 --branch of-cli --ref main
project-branch delete --project-id 101 --name of-cli
project-commit list --project-id 101 --ref-name main --all False
project-issue create --project-id 101 --title of-cli --confidential True
project-variable create --project-id 101 --key OF_CLI --value one --protected yes --masked no
project-variable delete --project-id 101 --key OF_CLI
project-pipeline-schedule create --project-id 101 --description of-cli --ref main --cron "0 6 * * MON-FRI" --active no
""".strip().splitlines()


def connect():
    return ()


def command(line):
    def run():
        words = ["--output", "json", "--server-url", os.environ["SERVER"], "--private-token", os.environ["TOKEN"]]
        program = str(Path(sys.executable).with_name("gitlab"))
        done = subprocess.run([program, *words, *shlex.split(line)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        if done.stdout.strip():
            json.loads(done.stdout)

    run.__name__ = line
    return run


FAMILIES = [command(line) for line in COMMANDS]

"""Runs commands for the tests of what is installed (examples.py, packages.py)."""
import shlex
import subprocess
import sys


def run(*command, **options):
    """What the command prints. Ends the test with all that it said if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600, **options)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(str(word) for word in command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout

#!/usr/bin/env python3
"""Generates the register headers anew and compares: exit code 0 when they agree, 1 when not, 77 without an SVD."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SKIPPED = 77


def main():
    svd = pathlib.Path(sys.argv[1])
    if not svd.is_file():
        print(f"skipped: there is no {svd} (name the file with -DFERRY_SVD=…)")
        return SKIPPED
    command = [sys.executable, "-B", ROOT / "tools" / "generate_registers.py", "--check", svd]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

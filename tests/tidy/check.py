#!/usr/bin/env python3
"""check.py SOURCE BUILD: clang-tidy, run as ./test runs it, finds what these programs say, and nothing else.

A line that ends in `// finds: CHECK…` names the checks that have to report it. What must be found is no less a part
of a net than what must not: the examples, which have no finding, would not show that somebody still looks.
"""

import pathlib
import re
import subprocess
import sys


def expected(folder):
    for file in sorted(folder.glob("*.cpp")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            for check in (re.search(r"// finds: (.*)$", line) or [None, ""])[1].split():
                yield file.name, number, check


def found(source, build):
    run = subprocess.run(
        [sys.executable, source / "tools/tidy.py", "--jobs", "2", build, "tests/tidy"],
        capture_output=True, text=True, check=False,
    )
    findings = re.findall(r"^\S*/([a-z_]+\.cpp):(\d+):\d+: (?:error|warning): .*\[([^],]+)", run.stdout, re.MULTILINE)
    if run.returncode != 1 or not findings:
        sys.exit(f"tools/tidy.py ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    return {(file, int(line), check) for file, line, check in findings}


def main():
    source, build = map(pathlib.Path, sys.argv[1:])
    wanted, got = set(expected(source / "tests/tidy")), found(source, build)
    for file, line, check in sorted(wanted - got):
        print(f"{file}:{line}: {check} does not find it")
    for file, line, check in sorted(got - wanted):
        print(f"{file}:{line}: {check} is not expected")
    print(f"{len(wanted & got)} findings as expected")
    return 0 if wanted == got else 1


if __name__ == "__main__":
    sys.exit(main())

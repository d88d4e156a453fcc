#!/usr/bin/env python3
"""check.py FERRY SOURCE BUG.elf MENDED.elf: the bug is found and named, its mended twin is silent."""

import json
import pathlib
import re
import shlex
import subprocess
import sys

FOUND = 66  # what `ferry run` leaves with when DMA watch has findings


def directives(text, name):
    return [match.strip() for match in re.findall(rf"^// {name}: (.*)$", text, re.MULTILINE)]


def marked_lines(text, mark):
    lines = text.splitlines()
    return {number for number, line in enumerate(lines, 1) if line.rstrip().endswith(f"// {mark} here")}


def run(ferry, options, elf):
    command = [ferry, "run", "--quiet", "--timeout", "60s", "--watch=report", "--json", "-", *options, elf]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    try:
        summary = json.loads(result.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{elf}: no summary\n{result.stdout}{result.stderr}")
    return result, summary["watch"]["findings"]


def check_end(what, places, source, lines):
    """One of the places, from the innermost out, is a marked line of this source, in a function with a name."""
    here = [place for place in places if place["file"] == source and place["line"] in lines]
    if lines and not here:
        return [f"{what}: none of the marked lines {sorted(lines)} is in {json.dumps(places)}"]
    return [f"{what}: a place without a function: {place}" for place in here if not place["function"]]


def main():
    ferry, source, bug, mended = sys.argv[1:]
    text = pathlib.Path(source).read_text(encoding="utf-8")
    name = pathlib.Path(source).name
    (rule,) = directives(text, "watch")
    options = [word for line in directives(text, "run") for word in shlex.split(line)]
    wrong = []

    result, findings = run(ferry, options, bug)
    report = result.stdout + result.stderr
    if result.returncode != FOUND:
        wrong.append(f"the bug's exit code is {result.returncode}, not {FOUND}")
    if [finding["rule"] for finding in findings] != [rule]:
        wrong.append(f"found {[finding['rule'] for finding in findings]} instead of {rule} alone")
    for finding in findings:
        if finding["rule"] != rule:
            continue
        wrong += check_end("access", finding["access"]["places"], name, marked_lines(text, "access"))
        transfer = finding["transfer"]
        marks = marked_lines(text, "transfer")
        if transfer is None:
            wrong += ["there is no transfer"] if marks else []
        else:
            wrong += check_end("transfer", transfer["places"], name, marks)

    quiet, findings = run(ferry, options, mended)
    if quiet.returncode != 0 or findings:
        wrong.append(f"the mended one: exit code {quiet.returncode}, {len(findings)} findings")
        report += quiet.stdout + quiet.stderr
    if wrong:
        sys.exit("\n".join([*wrong, report]))


if __name__ == "__main__":
    main()

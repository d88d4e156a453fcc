#!/usr/bin/env python3
"""check.py [--rule-only] FERRY FOLDER SOURCE...: each bug is found and named, its mended twin is silent, and looking
changes nothing of the run.

FOLDER has watch_NAME_bug.elf and watch_NAME_mended.elf of each NAME.cpp. CMakeLists.txt says what is in the sources.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

FOUND = 66  # what `ferry run` leaves with when DMA watch has findings


def directives(text, name):
    return [match.strip() for match in re.findall(rf"^// {name}: (.*)$", text, re.MULTILINE)]


def marked_lines(text, end):
    """The lines that may be this end, and the function that each is in."""
    marks = {}
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.search(r"// (access|transfer|access and transfer) here in (\S+)$", line.rstrip())
        if mark and end in mark[1].split(" and "):
            marks[number] = mark[2]
    return marks


def board_options(text):
    return [word for line in directives(text, "run") for word in shlex.split(line)]


def run(ferry, options, elf, watch="report"):
    command = [ferry, "run", "--quiet", "--timeout", "60s", f"--watch={watch}", "--json", "-", *options, elf]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    try:
        summary = json.loads(result.stdout)
    except json.JSONDecodeError:
        raise SystemExit(f"{elf}: no summary\n{result.stdout}{result.stderr}") from None
    return result, summary


def check_same(ferry, text, elf, watched):
    """Instructions, cycles and times are those of a run without."""
    _, alone = run(ferry, board_options(text), elf, "off")
    return [
        f"{elf.name}: {key} {watched[key]} under watch, {alone[key]} without"
        for key in ("cpu", "dma", "simulated_ps", "firmware_exit_code")
        if watched[key] != alone[key]
    ]


def check_end(what, places, report, name, marks):
    """A marked line of this source, in its function, is among the places, in JSON as in the text for people."""
    if not marks:
        return [f"{what}: no line of {name} is marked"]
    for line, function in marks.items():
        if any((place["function"], place["file"], place["line"]) == (function, name, line) for place in places):
            text = f"{function}, {name}:{line} ("
            return [] if text in report else [f"{what}: the report does not say {text}"]
    return [f"{what}: none of {name}'s {marks} is in {json.dumps(places)}"]


def check_marks(ferry, options, elf, finding):
    """The waveform is high at the finding's moment, and says as the page does what it is, with both places."""
    access, transfer = finding["access"]["places"][0], finding["transfer"]["places"][0]
    with tempfile.TemporaryDirectory() as folder:
        waveform, page = pathlib.Path(folder, "run.vcd"), pathlib.Path(folder, "run.html")
        run(ferry, [*options, "--vcd", str(waveform), "--report", str(page)], elf)
        signal = re.search(r"\$scope module watch \$end\s+\$var wire 1 (\S+) finding \$end", waveform.read_text())
        scale = re.search(r"\$timescale\s+1\s*([np]s)", waveform.read_text())
        if not signal or not scale:
            return ["the waveform has no signal watch.finding"]
        moment = finding["access"]["time_ps"] // {"ns": 1000, "ps": 1}[scale[1]]
        changes = re.search(rf"^#{moment}$([^#]*)", waveform.read_text(), re.MULTILINE)
        wrong = [] if changes and f"1{signal[1]}" in changes[1].split() else [f"watch.finding does not rise at {moment}"]
        headline = (
            f"{finding['rule']} in {access['function']}, {access['file']}:{access['line']}: .*; channel .*, "
            f"started in {transfer['function']}, {transfer['file']}:{transfer['line']}"
        )
        if not re.search(rf"^\$comment {moment} .*: {headline} \$end$", waveform.read_text(), re.MULTILINE):
            wrong.append(f"the waveform does not say {headline}")
        return wrong + ([] if re.search(headline, page.read_text()) else [f"the page does not say {headline}"])


def check_finding(finding, report, name, text):
    access, transfer = finding["access"]["places"], finding["transfer"]
    head, _, tail = report.partition("\n  transfer: ")
    wrong = []
    if outside := directives(text, "access"):  # in code that is not this source's
        wrong += [] if outside == [access[0]["function"]] else [f"access: {access[0]} is not in {outside}"]
    else:
        wrong += check_end("access", access, head, name, marked_lines(text, "access"))
    if transfer is None:
        return wrong + (["there is no transfer"] if marked_lines(text, "transfer") else [])
    return wrong + check_end("transfer", transfer["places"], tail, name, marked_lines(text, "transfer"))


def check(ferry, folder, source, rule_only):
    text = source.read_text(encoding="utf-8")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as suppressions:
        suppressions.write("\n".join(directives(text, "suppress")))
        suppressions.flush()
        options = board_options(text)
        if directives(text, "suppress"):
            options += ["--watch-suppress", suppressions.name]
        return check_both(ferry, folder, source, text, options, rule_only)


def check_both(ferry, folder, source, text, options, rule_only):
    rules = directives(text, "watch")
    rule_only = rule_only or bool(directives(text, "dwarf"))
    bug, mended = (folder / f"watch_{source.stem}_{kind}.elf" for kind in ("bug", "mended"))
    wrong = []

    result, summary = run(ferry, options, bug)
    report, findings = result.stderr, summary["watch"]["findings"]
    wrong += check_same(ferry, text, bug, summary)
    if result.returncode != FOUND:
        wrong.append(f"the bug's exit code is {result.returncode}, not {FOUND}")
    found = [finding["rule"] for finding in findings]
    if set(found) != set(rules) or (found != rules and not rule_only):
        wrong.append(f"found {found} instead of {rules}")
    elif not rule_only:
        times = " ".join(str(finding["times"]) for finding in findings)
        wrong += [f"found {times} times, not {each}" for each in directives(text, "times") if each != times]
        wrong += [f"the report does not say {each}" for each in directives(text, "says") if each not in report]
        for finding, part in zip(findings, re.split(r"(?m)^(?=dma watch: )", report)[1:]):
            wrong += check_finding(finding, part, source.name, text)
        if directives(text, "marks"):
            wrong += check_marks(ferry, options, bug, findings[0])

    quiet, summary = run(ferry, options, mended)
    findings = summary["watch"]["findings"]
    wrong += check_same(ferry, text, mended, summary)
    if quiet.returncode != 0 or findings:
        wrong.append(f"the mended one: exit code {quiet.returncode}, {len(findings)} findings")
        report += quiet.stdout + quiet.stderr
    return [f"{source.name}: {each}" for each in wrong] + ([report] if wrong else [])


def main():
    arguments = sys.argv[1:]
    rule_only = "--rule-only" in arguments
    ferry, folder, *sources = [each for each in arguments if each != "--rule-only"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda each: check(ferry, pathlib.Path(folder), pathlib.Path(each), rule_only), sources)
        wrong = [line for result in results for line in result]
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{len(sources)} bugs found, as many mended programs silent")


if __name__ == "__main__":
    main()

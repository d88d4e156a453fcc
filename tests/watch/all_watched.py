#!/usr/bin/env python3
"""all_watched.py CTEST BUILD SOURCE: who may not raise a false alarm runs where one would end the test.

Every example, every program of the book, every exercise, every conformance test, and every firmware test but those that
say `// unwatched:`. And each rule has its section in board/watch/README.md, and a program here that breaks it.
"""

import json
import pathlib
import re
import subprocess
import sys


def commands_of_tests(ctest, build):
    listing = subprocess.run([ctest, "--show-only=json-v1"], cwd=build, capture_output=True, text=True, check=True)
    return {test["name"]: test.get("command", []) for test in json.loads(listing.stdout)["tests"]}


def is_watched(command):
    return [word for word in command if word.startswith("--watch")][-1:] == ["--watch=stop"]


def unwatched_programs(commands, source):
    """Each file that is a program has a test, and its run ends at a finding."""
    for folder, pattern, prefix in (
        ("examples", "*.cpp", "example"),
        ("book", "*/*.cpp", "book"),
        ("tests/conformance", "*_test.cpp", "conformance"),
        ("tests/firmware", "*_test.cpp", "firmware"),
    ):
        files = sorted((source / folder).glob(pattern))
        if not files:
            yield f"{folder} has no {pattern}"
        for file in files:
            says_so = re.search(r"^// unwatched: \S", file.read_text(encoding="utf-8"), re.MULTILINE)
            if says_so and prefix == "firmware":
                continue
            name = f"{prefix}.{file.stem}"
            if name not in commands:
                yield f"{folder}/{file.name}: there is no test {name}"
            elif not is_watched(commands[name]):
                yield f"{folder}/{file.name}: {name} runs without --watch=stop"


def unwatched_scripts(source):
    """The exercise is run by a script, which says --watch=stop in one place."""
    script = (source / "tests/exercise/exercise.sh").read_text(encoding="utf-8")
    runs = [line.strip() for line in script.splitlines() if re.search(r'"\$ferry" run', line)]
    if not any("--watch=stop" in line for line in runs):
        yield "tests/exercise/exercise.sh runs nothing under --watch=stop"
    for name in re.findall(r"ferry_add_firmware\((\S+)", (source / "intro/dma/CMakeLists.txt").read_text(encoding="utf-8")):
        variable = {"dma": "dma", "dma-skeleton": "skeleton"}.get(name)
        watched = rf'"\$ferry" run "\$programs/{name}\.elf".* --watch' if variable is None else rf'^ *run "\${variable}"'
        if not re.search(watched, script, re.MULTILINE):
            yield f"tests/exercise/exercise.sh never runs {name} under watch"


def with_its_helpers(text, source):
    """A file's text, and that of the conformance tests' headers it includes, with their sources."""
    for header in re.findall(r'^#include "(tests/conformance/\S+)\.hpp"', text, re.MULTILINE):
        for helper in (source / f"{header}.hpp", source / f"{header}.cpp"):
            if helper.exists():
                text += helper.read_text(encoding="utf-8")
    return text


def unwatched_boards(source):
    """Tests that have a board of their own ask it what it has found."""
    for file in sorted((source / "tests/conformance").rglob("*.cpp")):
        text = file.read_text(encoding="utf-8")
        whole = with_its_helpers(text, source)
        if "TestBoard" in text and not ("watch_dma()" in whole and "findings()" in whole):
            yield f"{file.relative_to(source)}: its boards run without watch_dma(), or nobody asks for findings()"


def rules_left_out(source):
    rules = (source / "board/watch/rule.cpp").read_text(encoding="utf-8")
    codes = re.findall(r'^ *\{"([a-z-]+)", "', rules, re.MULTILINE)
    page = (source / "board/watch/README.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### (\S+)$(.*?)(?=^##)", page, re.MULTILINE | re.DOTALL))
    programs = [file.read_text(encoding="utf-8") for file in (source / "tests/watch").glob("*.cpp")]
    if not codes:
        yield "board/watch/rule.cpp has no rules"
    for code in codes:
        missing = [part for part in ("**On silicon**", "**Mend it**") if part not in sections.get(code, "")]
        if missing:
            yield f"board/watch/README.md: the section {code} lacks {' and '.join(missing)}"
        if not any(f"\n// watch: {code}\n" in f"\n{text}" for text in programs):
            yield f"tests/watch has no program for {code}"


def main():
    ctest, build, source = sys.argv[1:]
    commands, source = commands_of_tests(ctest, build), pathlib.Path(source)
    wrong = [*unwatched_programs(commands, source), *unwatched_scripts(source), *unwatched_boards(source)]
    wrong += rules_left_out(source)
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"of {len(commands)} tests, {sum(map(is_watched, commands.values()))} run under --watch=stop")


if __name__ == "__main__":
    main()

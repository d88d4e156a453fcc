#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a build, and only over those that changed since they were clean.

    tools/tidy.py [--jobs N] BUILD FOLDER...    e.g. tools/tidy.py build/host board

BUILD is a configured and built folder: its compile_commands.json says how a source is compiled, ninja's
dependency log which headers it includes. A source is clean when clang-tidy had nothing to say about it; that is
remembered (in BUILD/tidy) under a digest of everything the answer depends on.
"""
import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import sys

TIDY = "clang-tidy-19"
ROOT = pathlib.Path(__file__).resolve().parent.parent


@functools.cache
def digest_of_file(path):
    try:
        return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    except OSError:
        return "absent"


def read_dependencies(build):
    """Output of the build, relative to it -> the files it was made from."""
    log = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    dependencies, current = {}, None
    for line in log.splitlines():
        if line.startswith("    "):
            current.append(str((build / line.strip()).resolve()))
        elif ": #deps" in line:
            current = dependencies.setdefault(line.split(": #deps")[0], [])
    return dependencies


def wanted_commands(build, folders):
    """One compile command per source below the folders; a source may be part of several programs."""
    roots = [(ROOT / folder).resolve() for folder in folders]
    commands = {}
    for command in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(command["directory"], command["file"]).resolve()
        if source.suffix == ".cpp" and any(source.is_relative_to(root) for root in roots):
            commands.setdefault(source, command)
    return commands


def digest(command, dependencies, setting):
    """None when it is not known what the source includes."""
    output = os.path.relpath(pathlib.Path(command["directory"], command.get("output", "")), command["directory"])
    if output not in dependencies:
        return None
    parts = [setting, command["command"]] + [digest_of_file(path) for path in dependencies[output]]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("folders", nargs="+")
    options = parser.parse_args()
    build = options.build.resolve()
    if not (build / "compile_commands.json").exists() or not (build / "build.ninja").exists():
        sys.exit(f"tidy: {options.build} is not a configured build folder")

    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    setting = version + (ROOT / ".clang-tidy").read_text()
    dependencies = read_dependencies(build)
    clean = build / "tidy"
    clean.mkdir(exist_ok=True)

    def check(item):
        source, command = item
        key = digest(command, dependencies, setting)
        if key and (clean / key).exists():
            return source, 0, ""
        run = subprocess.run([TIDY, "--quiet", "-p", build, source], capture_output=True, text=True, check=False)
        if key and run.returncode == 0:
            (clean / key).touch()
        # Its standard error only counts the warnings it suppressed, unless it could not run at all.
        return source, run.returncode, run.stdout or run.stderr

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for source, status, text in pool.map(check, sorted(wanted_commands(build, options.folders).items())):
            if status:
                failed += 1
                print(f"{source.relative_to(ROOT)}:\n{text}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

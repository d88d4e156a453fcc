#!/usr/bin/env python3
"""Keeps the code shown in Markdown files equal to the code that compiles.

A Markdown file names a region before a fenced block:

    <!-- snippet: examples/dma.cpp transfer -->

and the source marks it with a pair of `//! [transfer]` lines, the form Doxygen's \\snippet reads too.

    tools/snippets.py --check FILE.md ...    exit 1 when a block differs from its source
    tools/snippets.py --update FILE.md ...   write the blocks anew
"""
import pathlib
import re
import sys
import textwrap

BLOCK = re.compile(r"(<!-- snippet: (\S+) (\S+) -->\n```(?:\w*)\n)(.*?)(```)", re.DOTALL)


class Missing(Exception):
    pass


def region(source, name):
    """The lines between the two markers of `name`, without other markers and with the indentation taken off."""
    if not source.is_file():
        raise Missing(f"there is no file {source}")
    marker = f"//! [{name}]"
    parts = source.read_text().split(marker)
    if len(parts) != 3:
        raise Missing(f"{source} has {len(parts) - 1} lines '{marker}' where two are needed")
    lines = [line for line in parts[1].split("\n")[1:-1] if "//! [" not in line]
    return textwrap.dedent("\n".join(lines)).strip("\n") + "\n"


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("--check", "--update"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    wrong = 0
    for name in sys.argv[2:]:
        page = pathlib.Path(name)
        text = page.read_text()
        try:
            fresh = BLOCK.sub(lambda m: m.group(1) + region(page.parent / m.group(2), m.group(3)) + m.group(5), text)
        except Missing as error:
            print(f"{page}: {error}")
            wrong += 1
            continue
        shown, named = len(BLOCK.findall(text)), text.count("<!-- snippet:")
        if shown != named:
            print(f"{page}: {named - shown} snippet comments are not followed by a fenced block")
            wrong += 1
        if sys.argv[1] == "--update":
            page.write_text(fresh)
        elif fresh != text:
            print(f"{page}: a snippet differs from its source; run tools/snippets.py --update {page}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Puts board/FIDELITY.md together from the parts in board/fidelity: each device's own page, in the order of ORDER.

    tools/fidelity.py            write it
    tools/fidelity.py --check    exit 1 when it is not what the parts give
"""
import pathlib
import sys

BOARD = pathlib.Path(__file__).resolve().parent.parent / "board"
ORDER = ["introduction", "cpu", "gdma", "spi2", "pins", "gpio", "interrupt_matrix", "system", "rtc_cntl", "timg", "systimer",
         "uart", "usb_serial_jtag", "efuse", "regi2c", "apb_ctrl"]
# At the end, as a page starts with its title.
NOTE = "\n<!-- Put together by tools/fidelity.py from board/fidelity. Edit the parts. -->\n"


def main():
    parts = {path.stem: path.read_text().strip() + "\n" for path in (BOARD / "fidelity").glob("*.md")}
    if sorted(parts) != sorted(ORDER):
        print(f"fidelity: ORDER and board/fidelity differ: {sorted(set(parts) ^ set(ORDER))}")
        return 1
    text = "\n".join(parts[name] for name in ORDER) + NOTE
    page = BOARD / "FIDELITY.md"
    if sys.argv[1:] == ["--check"]:
        if page.exists() and page.read_text() == text:
            return 0
        print("fidelity: board/FIDELITY.md is not what its parts give; run tools/fidelity.py")
        return 1
    page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

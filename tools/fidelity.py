#!/usr/bin/env python3
"""Puts board/FIDELITY.md together from the parts in board/fidelity: each device's own page, in the order of ORDER.

    tools/fidelity.py                     write it
    tools/fidelity.py --registers FERRY   write board/fidelity/registers.md from what `FERRY registers` says, then it
    tools/fidelity.py ... --check         write nothing; exit 1 when a page is not what it would become
"""
import argparse
import json
import pathlib
import subprocess
import sys

BOARD = pathlib.Path(__file__).resolve().parent.parent / "board"
REGISTERS = BOARD / "fidelity" / "registers.md"
ORDER = ["introduction", "cpu", "rom", "flash", "extmem", "gdma", "spi2", "pins", "gpio", "interrupt_matrix", "system",
         "rtc_cntl", "timg", "systimer",
         "uart", "usb_serial_jtag", "efuse", "regi2c", "apb_ctrl", "apb_saradc", "sha", "parts",
         "registers"]
# At the end, as a page starts with its title.
NOTE = "\n<!-- Put together by tools/fidelity.py from board/fidelity. Edit the parts. -->\n"

LEDGER = """## Every register

What the board does of each register; `ferry registers` prints the same. A register without a remark is modelled: it does
what the manual says. "Approximated" says how it differs; "stored" means kept and read back without an effect that firmware
could notice here. What is absent says so once when firmware asks for it. The data is in `board/devices/*/limits.cpp`,
and `tests/board/register_walk_test.cpp` walks all of them for reset values and access types.
"""


def row(entry):
    many = entry["count"] > 1
    name = entry["register"] + (f"[{entry['count']}]" if many else "")
    offset = f"0x{entry['offset']:03X}" + (f" + 0x{entry['stride']:X}·n" if many else "")
    reset = entry["reset"] if isinstance(entry["reset"], int) else None
    reset = "by index" if reset is None else f"0x{reset:08X}" if reset > 9 else str(reset)
    return f"| {name} | {offset} | {reset} | {entry['support']} | {entry['remark']} |"


def registers_page(ferry):
    """One table for each layout: UART0 and UART1 share theirs."""
    try:
        output = subprocess.run([ferry, "registers", "--json"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"fidelity: {ferry} does not list its registers: {error}")
    blocks = {}
    for entry in json.loads(output):
        blocks.setdefault(entry["block"], []).append(row(entry))
    layouts = {}
    for block, rows in blocks.items():
        layouts.setdefault("\n".join(rows), []).append(block)
    text = LEDGER
    for rows, names in layouts.items():
        text += f"\n### {', '.join(names)}: registers\n\n| Register | Offset | Reset | Support | Remark |\n|---|---|---|---|---|\n{rows}\n"
    return text


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--registers", metavar="FERRY", help="the program whose registers are listed")
    arguments.add_argument("--check", action="store_true", help="compare, write nothing")
    options = arguments.parse_args()

    if options.registers:
        page = registers_page(options.registers)
        if not options.check:
            REGISTERS.write_text(page)
        elif not REGISTERS.exists() or REGISTERS.read_text() != page:
            print("fidelity: board/fidelity/registers.md is not what the board says; run tools/fidelity.py --registers FERRY")
            return 1

    parts = {path.stem: path.read_text().strip() + "\n" for path in (BOARD / "fidelity").glob("*.md")}
    if sorted(parts) != sorted(ORDER):
        print(f"fidelity: ORDER and board/fidelity differ: {sorted(set(parts) ^ set(ORDER))}")
        return 1
    text = "\n".join(parts[name] for name in ORDER) + NOTE
    page = BOARD / "FIDELITY.md"
    if not options.check:
        page.write_text(text)
    elif not page.exists() or page.read_text() != text:
        print("fidelity: board/FIDELITY.md is not what its parts give; run tools/fidelity.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Draws pins out of a VCD file as an SVG timing diagram.

    tools/draw_waveform.py RUN.vcd --from 100us --length 300us --pin GPIO5=CS --pin GPIO0=SCLK ... > picture.svg

Bytes on --data lines are decoded on the rising edges of --clock (SPI mode 0) and written under the curve.
"""
import argparse
import re
import sys

UNITS = {"s": 1, "ms": 10**-3, "us": 10**-6, "ns": 10**-9, "ps": 10**-12}
LANE, TOP, LEFT, WIDTH = 46, 34, 70, 860


def seconds(text):
    match = re.fullmatch(r"([\d.]+)\s*(s|ms|us|ns|ps)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a time such as 250us")
    return float(match.group(1)) * UNITS[match.group(2)]


def read_vcd(path):
    """{name: [(seconds, level), ...]} of every one-bit variable."""
    names, changes, scale, now = {}, {}, 1e-9, 0
    header = True
    with open(path, encoding="ascii") as lines:
        for line in lines:
            words = line.split()
            if not words:
                continue
            if header:
                scaled = re.search(r"\$timescale\s+(\d+)\s*(\w+)", line)
                if scaled:
                    scale = int(scaled.group(1)) * UNITS[scaled.group(2)]
                if words[0] == "$var":
                    names[words[3]] = words[4]
                    changes[words[4]] = []
                header = words[0] != "$enddefinitions"
            elif words[0][0] == "#":
                now = int(words[0][1:]) * scale
            elif words[0][0] in "01xz":
                changes[names[words[0][1:]]].append((now, words[0][0] == "1"))
    return changes


def level_at(changes, time):
    level = False
    for when, value in changes:
        if when > time:
            break
        level = value
    return level


def curve(changes, begin, end, y):
    """The path of one lane: low at y + 20, high at y."""
    def x(time):
        return LEFT + (time - begin) / (end - begin) * WIDTH

    level = level_at(changes, begin)
    points = [f"M{LEFT:.1f} {y + (0 if level else 20)}"]
    for when, value in changes:
        if begin < when <= end and value != level:
            points.append(f"H{x(when):.1f}V{y + (0 if value else 20)}")
            level = value
    return "".join(points) + f"H{LEFT + WIDTH}"


def decoded(clock, data, select, begin, end):
    """[(first bit's time, last bit's time, byte)] while `select` is low, most significant bit first."""
    result, bits, first, level = [], [], 0.0, level_at(clock, 0)
    for when, value in clock:
        rising, level = value and not level, value
        if not rising or level_at(select, when):
            continue
        if not bits:
            first = when
        bits.append(level_at(data, when))
        if len(bits) == 8:
            if begin <= first and when <= end:
                result.append((first, when, sum(bit << (7 - i) for i, bit in enumerate(bits))))
            bits = []
        if when > end:
            break
    return result


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("vcd")
    options.add_argument("--from", dest="begin", type=seconds, default=0.0)
    options.add_argument("--length", type=seconds, required=True)
    options.add_argument("--pin", action="append", required=True, metavar="NAME=LABEL")
    options.add_argument("--clock", default="SCLK")
    options.add_argument("--select", default="CS")
    options.add_argument("--data", action="append", default=[])
    chosen = options.parse_args()
    lanes = [pin.split("=", 1) if "=" in pin else [pin, pin] for pin in chosen.pin]
    changes = read_vcd(chosen.vcd)
    missing = [name for name, _ in lanes if name not in changes]
    if missing:
        sys.exit(f"draw_waveform: {chosen.vcd} has no {', '.join(missing)}")
    begin, end = chosen.begin, chosen.begin + chosen.length
    by_label = {label: changes[name] for name, label in lanes}
    height = TOP + LANE * len(lanes) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {height}" font-family="monospace" font-size="13">',
           f'<rect width="100%" height="100%" fill="#ffffff"/>']
    for tick in range(11):
        x, label = LEFT + WIDTH * tick / 10, (begin + chosen.length * tick / 10) * 1e6
        out.append(f'<path d="M{x:.1f} {TOP - 12}V{height - 16}" stroke="#e4e4e4"/>')
        out.append(f'<text x="{x:.1f}" y="{TOP - 16}" text-anchor="middle" font-size="10" fill="#777777">{label:.0f} µs</text>')
    for lane, (name, label) in enumerate(lanes):
        y = TOP + LANE * lane
        out.append(f'<text x="8" y="{y + 10}" fill="#222222">{label}</text><text x="8" y="{y + 22}" font-size="9" fill="#777777">{name}</text>')
        out.append(f'<path d="{curve(changes[name], begin, end, y)}" fill="none" stroke="#0b5cad" stroke-width="1.5"/>')
        if label in chosen.data:
            for first, last, byte in decoded(by_label[chosen.clock], changes[name], by_label[chosen.select], begin, end):
                x = LEFT + ((first + last) / 2 - begin) / chosen.length * WIDTH
                out.append(f'<text x="{x:.1f}" y="{y + 34}" text-anchor="middle" font-size="11" fill="#a33b00">0x{byte:02x}</text>')
    out.append("</svg>")
    print("\n".join(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Compares the screenshot of part_display_test with what that program draws: picture.py FILE.png

Reads the PNG without a library, so that it says something about the file and not about the one who wrote it.
"""
import struct
import sys
import zlib

WIDTH, HEIGHT = 240, 320


def read_rows(path):
    """The rows of an RGB picture with eight bits a colour."""
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    at, packed, header = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + body), "checksum"
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    assert header == (WIDTH, HEIGHT, 8, 2, 0, 0, 0), f"not {WIDTH} x {HEIGHT} in RGB: {header}"
    raw, stride, above, rows = zlib.decompress(packed), 3 * WIDTH, bytes(3 * WIDTH), []
    for start in range(0, len(raw), stride + 1):
        kind, row = raw[start], bytearray(raw[start + 1:start + 1 + stride])
        for i in range(stride):
            left, up, corner = (row[i - 3] if i >= 3 else 0), above[i], (above[i - 3] if i >= 3 else 0)
            if kind == 4:
                guess = left + up - corner
                near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            else:
                near = (0, left, up, (left + up) // 2)[kind]
            row[i] = (row[i] + near) & 0xFF
        rows.append(bytes(row))
        above = row
    return rows


def eight_bits(value, bits):
    """As the display widens a colour: to six bits, and those to eight, with the upper bits again below."""
    six = value if bits == 6 else value << 1 | value >> 4
    return six << 2 | six >> 4


def main():
    rows = read_rows(sys.argv[1])
    for y in range(HEIGHT):
        for x in range(WIDTH):
            expected = (eight_bits(x * 31 // (WIDTH - 1), 5), eight_bits(y * 63 // (HEIGHT - 1), 6),
                        255 if (x ^ y) & 16 else 0)
            seen = tuple(rows[y][3 * x:3 * x + 3])
            if seen != expected:
                sys.exit(f"pixel {x}, {y} is {seen}, not {expected}")
    print(f"{WIDTH * HEIGHT} pixels as they were drawn")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes chip/esp32c3/registers/*.hpp from Espressif's SVD.

    tools/generate_registers.py SVD            write the headers
    tools/generate_registers.py --check SVD    exit 1 when a committed header differs from what the SVD gives

Names, offsets, widths, reset values and access types carry over; descriptions do not. Where another document
corrects the SVD, the correction stands in register_corrections.py with its reason.
"""
import argparse
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

from register_corrections import ACCESS, FIELD_BITS, NAMESPACES, REGISTER_RESETS, RENAMED_FIELDS, SKIPPED_SUFFIXES

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "chip" / "esp32c3" / "registers"
SVD_ACCESS = {"read-write": "read_write", "read-only": "read_only", "write-only": "write_only"}
# Members that every generated register has, and words of the language: a field of that name gets an underscore.
TAKEN = {"offset", "reset", "count", "stride", "name", "int", "default", "register", "class", "union", "short", "long",
         "continue"}


class Field:
    def __init__(self, name, lsb, width, access):
        self.name, self.lsb, self.width, self.access = name, lsb, width, access

    def key(self):
        return (self.name, self.lsb, self.width, self.access)


class Register:
    def __init__(self, name, offset, reset, fields, count=1, stride=4):
        self.name, self.offset, self.fields, self.count, self.stride = name, offset, fields, count, stride
        self.resets = [reset] * count

    def shape(self):
        return [field.key() for field in self.fields]


def number(text):
    return int(text, 0)


def cap_words(name):
    return "".join(part[:1].upper() + part[1:].lower() for part in name.split("_") if part)


def snake(name):
    lower = name.lower()
    return lower + "_" if lower in TAKEN else lower


def clean_field_name(register, name):
    """Drops an index that only repeats the register's own: IN_RST_CH0 of IN_CONF0_CH is IN_RST."""
    name = name.replace("%s", "")
    for suffix in SKIPPED_SUFFIXES:
        name = re.sub(suffix, "", name)
    name = name.replace("__", "_").strip("_")
    return RENAMED_FIELDS.get((register, name), name)


def read_register(node, peripheral):
    name = node.findtext("name")
    count, stride = 1, 4
    if node.find("dim") is not None:
        count, stride = number(node.findtext("dim")), number(node.findtext("dimIncrement"))
    name = name.replace("[%s]", "").replace("_CH%s", "").replace("%s", "")
    reset = number(node.findtext("resetValue") or "0")
    fields = []
    for child in node.iter("field"):
        field_name = clean_field_name(name, child.findtext("name"))
        if field_name is None:
            continue
        access = SVD_ACCESS[child.findtext("access") or "read-write"]
        fields.append(Field(field_name, number(child.findtext("bitOffset")),
                            number(child.findtext("bitWidth")), access))
    if not fields:  # memory: the SVD describes no bits
        fields = [Field(name.replace("[%s]", ""), 0, 32, SVD_ACCESS[node.findtext("access") or "read-write"])]
    return Register(name, number(node.findtext("addressOffset")), reset, sorted(fields, key=lambda f: f.lsb), count, stride)


def merge_arrays(registers):
    """Joins registers whose names differ in one index and whose layouts agree (W0…W15, IN_CONF1_CH0…2)."""
    groups, order = {}, []
    for register in registers:
        match = None
        if register.count == 1:
            match = re.match(r"^(.*_CH)(\d)()$", register.name) or re.match(r"^(.*?)(\d+)((?:_[A-Z_]+)?)$", register.name)
        stem = (match.group(1), match.group(3)) if match else None
        key = stem if stem else register.name
        if key not in groups:
            groups[key] = []
            order.append(key)
        groups[key].append((int(match.group(2)) if match else 0, register))
    result = []
    for key in order:
        members = sorted(groups[key], key=lambda m: m[0])
        registers_only = [register for _, register in members]
        indices = [index for index, _ in members]
        strides = {b.offset - a.offset for a, b in zip(registers_only, registers_only[1:])}
        if len(members) < 2 or indices != list(range(len(members))) or len(strides) != 1:
            result += registers_only
            continue

        indexed_fields = not key[0].endswith("_CH")  # _CHn fields have lost their index already

        def bare(register, index, placeholder="#"):
            pattern = rf"(?<![0-9]){index}(?![0-9])" if indexed_fields else "$^"
            return [(re.sub(pattern, placeholder, f.name).replace("__", "_"), f.lsb, f.width, f.access) for f in register.fields]

        if any(bare(r, i) != bare(registers_only[0], 0) for i, r in members):
            result += registers_only
            continue
        first = registers_only[0]
        stem = re.sub(r"_CH$", "", key[0]) + key[1] if isinstance(key, tuple) else key
        if stem.rstrip("_") in {r.name for r in registers}:  # THRES0_CTRL and THRES1_CTRL beside THRES_CTRL
            result += registers_only
            continue
        joined = Register(stem.rstrip("_"), first.offset, 0,
                          [Field(*parts) for parts in bare(first, 0, "")],
                          len(members), strides.pop())
        joined.resets = [r.resets[0] for r in registers_only]
        result.append(joined)
    return sorted(result, key=lambda r: r.offset)


def apply_corrections(namespace, registers):
    for register in registers:
        for field in register.fields:
            key = (namespace, register.name, field.name)
            for candidate in (key, (namespace, register.name, "*"), (namespace, "*", field.name)):
                if candidate in ACCESS:
                    field.access = ACCESS[candidate][0]
                    break
            if key in FIELD_BITS:
                field.lsb, field.width = FIELD_BITS[key][0]
        key = (namespace, register.name)
        if key in REGISTER_RESETS:
            value = REGISTER_RESETS[key][0]
            register.resets = list(value) if isinstance(value, (list, tuple)) else [value] * register.count
        register.fields.sort(key=lambda f: f.lsb)
        names = [f.name for f in register.fields]
        if len(set(names)) != len(names):
            sys.exit(f"{namespace}.{register.name}: two fields of one name: {names}")
    names = [r.name for r in registers]
    if len(set(names)) != len(names):
        sys.exit(f"{namespace}: two registers of one name: {sorted(n for n in names if names.count(n) > 1)}")


def guard_type(register):
    name = cap_words(register.name)
    return name + "_" if name[0].isdigit() else name


def emit_layout(namespace, bases, registers):
    lines = ["// Generated by tools/generate_registers.py from Espressif's SVD (Apache-2.0). Do not edit.",
             "#pragma once", "", '#include "chip/register.hpp"', "", f"namespace ferry::chip::{namespace} {{", ""]
    for name, base in bases:
        lines.append(f"inline constexpr std::uint32_t {name} = 0x{base:08X};")
    for register in registers:
        kind = guard_type(register)
        lines += ["", f"struct {kind} {{"]
        constants = f"offset = 0x{register.offset:03X}, reset = 0x{register.resets[0]:08X}"
        lines.append(f"  static constexpr std::uint32_t {constants};")
        lines.append(f"  static constexpr std::uint32_t count = {register.count}, stride = 0x{register.stride:X};")
        for field in register.fields:
            lines.append(f"  static constexpr Field<{kind}, {field.lsb}, {field.width}, Access::{field.access}> {snake(field.name)}{{}};")
        lines.append("};")
    lines += ["", f"}}  // namespace ferry::chip::{namespace}", ""]
    return "\n".join(lines)


def emit_table(namespace, registers):
    lines = ["// Generated by tools/generate_registers.py from Espressif's SVD (Apache-2.0). Do not edit.",
             "#pragma once", "", '#include "chip/register_table.hpp"', "", f"namespace ferry::chip::{namespace} {{", "",
             "namespace table {"]
    for register in registers:
        kind = snake(register.name)
        if register.fields:
            rows = ", ".join(f'{{"{f.name}", {f.lsb}, {f.width}, Access::{f.access}}}' for f in register.fields)
            lines.append(f"inline constexpr FieldInfo {kind}_fields[] = {{{rows}}};")
        if len(set(register.resets)) > 1:
            rows = ", ".join(f"0x{r:08X}" for r in register.resets)
            lines.append(f"inline constexpr std::uint32_t {kind}_resets[] = {{{rows}}};")
    lines += ["}  // namespace table", "", "inline constexpr RegisterInfo registers[] = {"]
    for register in registers:
        kind = snake(register.name)
        fields = f"table::{kind}_fields" if register.fields else "{}"
        resets = f"table::{kind}_resets" if len(set(register.resets)) > 1 else "{}"
        lines.append(f'    {{"{register.name}", 0x{register.offset:03X}, 0x{register.resets[0]:08X}, {register.count}, '
                     f"0x{register.stride:X}, {fields}, {resets}}},")
    lines += ["};", "", f"}}  // namespace ferry::chip::{namespace}", ""]
    return "\n".join(lines)


def generate(svd):
    try:
        root = ElementTree.parse(svd).getroot()
    except (OSError, ElementTree.ParseError) as error:
        sys.exit(f"generate_registers: cannot read {svd}: {error}")
    peripherals = {p.findtext("name"): p for p in root.find("peripherals")}
    files = {}
    for namespace, members in NAMESPACES.items():
        missing = [m for m in members if m not in peripherals]
        if missing:
            sys.exit(f"generate_registers: {svd} has no peripheral {', '.join(missing)}")
        registers = merge_arrays([read_register(node, members[0]) for node in peripherals[members[0]].find("registers")])
        apply_corrections(namespace, registers)
        bases = [("base" if len(members) == 1 else f"base_{index}", number(peripherals[m].findtext("baseAddress")))
                 for index, m in enumerate(members)]
        files[f"{namespace}.hpp"] = emit_layout(namespace, bases, registers)
        files[f"{namespace}_table.hpp"] = emit_table(namespace, registers)
    return files


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--check", action="store_true", help="compare with the committed headers, write nothing")
    arguments.add_argument("svd")
    options = arguments.parse_args()
    files = generate(options.svd)
    stale = [name for name, text in files.items()
             if not (OUTPUT / name).exists() or (OUTPUT / name).read_text() != text]
    unknown = sorted(p.name for p in OUTPUT.glob("*.hpp") if p.name not in files)
    if options.check:
        for name in stale + unknown:
            print(f"generate_registers: {name} is not what the SVD and the corrections give")
        return 1 if stale or unknown else 0
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (OUTPUT / name).write_text(text)
    for name in unknown:
        (OUTPUT / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())

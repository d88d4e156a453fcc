#!/usr/bin/env python3
"""The register generator on an SVD of a few lines: arrays, corrections, and its answers to bad input."""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True

import generate_registers  # noqa: E402  (found through the path above)

FIELD = "<field><name>{}</name><bitOffset>{}</bitOffset><bitWidth>{}</bitWidth><access>{}</access></field>"
REGISTER = """<register><name>{}</name><addressOffset>{}</addressOffset><resetValue>{}</resetValue>
<fields>{}</fields></register>"""
SVD = """<device><peripherals><peripheral><name>BLOCK</name><baseAddress>0x60001000</baseAddress>
<registers>{}</registers></peripheral></peripherals></device>"""


def register(name, offset, reset, *fields):
    return REGISTER.format(name, offset, reset, "".join(FIELD.format(*field) for field in fields))


class Generator(unittest.TestCase):
    def setUp(self):
        self.saved = {name: getattr(generate_registers, name)
                      for name in ("NAMESPACES", "ACCESS", "FIELD_BITS", "REGISTER_RESETS", "RENAMED_FIELDS")}
        generate_registers.NAMESPACES = {"block": ["BLOCK"]}
        for name in ("ACCESS", "FIELD_BITS", "REGISTER_RESETS", "RENAMED_FIELDS"):
            setattr(generate_registers, name, {})

    def tearDown(self):
        for name, value in self.saved.items():
            setattr(generate_registers, name, value)

    def generate(self, *registers):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "chip.svd"
            path.write_text(SVD.format("".join(registers)))
            return generate_registers.generate(path)["block.hpp"]

    def test_a_register_and_its_fields(self):
        text = self.generate(register("CONF", "0x10", "0x5", ("EN", 0, 1, "read-write"), ("STATE", 4, 3, "read-only")))
        self.assertIn("base = 0x60001000", text)
        self.assertIn("struct Conf {", text)
        self.assertIn("offset = 0x010, reset = 0x00000005", text)
        self.assertIn("Field<Conf, 0, 1, Access::read_write> en{};", text)
        self.assertIn("Field<Conf, 4, 3, Access::read_only> state{};", text)

    def test_equal_registers_become_an_array(self):
        text = self.generate(*[register(f"W{n}", hex(0x80 + 4 * n), "0", (f"BUF{n}", 0, 32, "read-write")) for n in range(4)])
        self.assertIn("struct W {", text)
        self.assertIn("count = 4, stride = 0x4", text)

    def test_registers_of_different_layout_stay_apart(self):
        text = self.generate(register("A0", "0x0", "0", ("X", 0, 1, "read-write")),
                             register("A1", "0x4", "0", ("Y", 0, 2, "read-write")))
        self.assertIn("struct A0 {", text)
        self.assertIn("struct A1 {", text)

    def test_an_array_does_not_take_the_name_of_another_register(self):
        text = self.generate(register("THRES0_CTRL", "0x0", "0", ("HIGH", 0, 13, "read-write")),
                             register("THRES1_CTRL", "0x4", "0", ("HIGH", 0, 13, "read-write")),
                             register("THRES_CTRL", "0x8", "0", ("EN", 0, 1, "read-write")))
        for name in ("Thres0Ctrl", "Thres1Ctrl", "ThresCtrl"):
            self.assertIn(f"struct {name} {{", text)

    def test_a_register_without_fields_is_a_word_of_memory(self):
        text = self.generate(register("MEM", "0x0", "0"))
        self.assertIn("Field<Mem, 0, 32, Access::read_write> mem{};", text)

    def test_a_word_of_the_language_gets_an_underscore(self):
        text = self.generate(register("GO", "0x0", "0", ("CONTINUE", 0, 1, "write-only")))
        self.assertIn("Field<Go, 0, 1, Access::write_only> continue_{};", text)

    def test_corrections(self):
        generate_registers.ACCESS = {("block", "INT", "*"): ("sticky", "a reason")}
        generate_registers.REGISTER_RESETS = {("block", "INT"): (7, "a reason")}
        generate_registers.RENAMED_FIELDS = {("INT", "OLD"): "FRESH", ("INT", "GONE"): None}
        text = self.generate(register("INT", "0x0", "0", ("OLD", 0, 1, "read-write"), ("GONE", 1, 1, "read-write")))
        self.assertIn("reset = 0x00000007", text)
        self.assertIn("Field<Int, 0, 1, Access::sticky> fresh{};", text)
        self.assertNotIn("gone", text)

    def test_every_correction_has_a_reason_and_a_known_access(self):
        known = {"read_write", "read_only", "write_only", "write_trigger", "self_clearing", "set_by_hardware", "sticky",
                 "sticky_writable"}
        for table in ("ACCESS", "FIELD_BITS", "REGISTER_RESETS"):
            for key, (value, reason) in self.saved[table].items():
                self.assertIn(key[0], self.saved["NAMESPACES"], key)
                self.assertGreater(len(reason), 10, key)
                if table == "ACCESS":
                    self.assertIn(value, known, key)

    def test_two_fields_of_one_name_end_the_run(self):
        with self.assertRaises(SystemExit) as ended:
            self.generate(register("A", "0x0", "0", ("X", 0, 1, "read-write"), ("X", 1, 1, "read-write")))
        self.assertIn("two fields of one name", str(ended.exception))

    def test_a_missing_file_ends_the_run_with_a_sentence(self):
        with self.assertRaises(SystemExit) as ended:
            generate_registers.generate("/nowhere/chip.svd")
        self.assertIn("cannot read", str(ended.exception))

    def test_a_missing_peripheral_ends_the_run_with_a_sentence(self):
        generate_registers.NAMESPACES = {"other": ["OTHER"]}
        with self.assertRaises(SystemExit) as ended:
            self.generate()
        self.assertIn("has no peripheral OTHER", str(ended.exception))


if __name__ == "__main__":
    unittest.main()

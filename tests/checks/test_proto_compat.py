#!/usr/bin/env python3
"""The compatibility check must fail on every kind of breach: it is shown doctored copies of the stored set.

    test_proto_compat.py BASELINE
"""
import sys
import unittest

import proto_compat


class Breaches(unittest.TestCase):
    def doctored(self):
        return proto_compat.load(BASELINE), proto_compat.load(BASELINE)

    def item(self, files):
        return proto_compat.messages(files)["wirewatch.v1.Item"]

    def test_same_set_passes(self):
        self.assertEqual(proto_compat.compare(*self.doctored()), [])

    def test_added_field_passes(self):
        before, after = self.doctored()
        self.item(after).field.add(name="new_fact", number=900, type=9, label=1)
        self.assertEqual(proto_compat.compare(before, after), [])

    def test_removed_field(self):
        before, after = self.doctored()
        del self.item(after).field[0]
        self.assertIn("was removed without reserving", proto_compat.compare(before, after)[0])

    def test_removed_and_reserved_field_passes(self):
        before, after = self.doctored()
        number = self.item(after).field[0].number
        del self.item(after).field[0]
        self.item(after).reserved_range.add(start=number, end=number + 1)
        self.assertEqual(proto_compat.compare(before, after), [])

    def test_renumbered_field(self):
        before, after = self.doctored()
        self.item(after).field[0].number = 901
        self.assertTrue(proto_compat.compare(before, after))

    def test_changed_type(self):
        before, after = self.doctored()
        self.item(after).field[0].type = 5
        self.assertIn("another type", proto_compat.compare(before, after)[0])

    def test_renumbered_enum_value(self):
        before, after = self.doctored()
        proto_compat.enums(after)["wirewatch.v1.Severity"].value[1].number = 77
        self.assertIn("renumbered", proto_compat.compare(before, after)[0])

    def test_removed_method(self):
        before, after = self.doctored()
        for file in after.file:
            for service in file.service:
                del service.method[:]
        self.assertIn("was removed", proto_compat.compare(before, after)[0])


if __name__ == "__main__":
    BASELINE = sys.argv.pop(1)
    unittest.main()

#!/usr/bin/env python3
"""Tests of the plain search and of the comparison: what judges the product must itself be judged."""
import collections
import json
import os
import subprocess
import sys
import tempfile
import unittest

import plain_search
from plain_search import at_least, away, near, onear, outside

HERE = os.path.dirname(os.path.abspath(__file__))


def item(headline, body):
    return plain_search.Item({"uri": "urn:x", "headline": headline, "body_text": body})


def spans(occurrences):
    return [(first, last) for _, first, last in occurrences]


class Tokens(unittest.TestCase):
    def words(self, text):
        return [sorted(forms) for forms in plain_search.Part(text).folded]

    def test_abbreviations_numbers_and_symbols(self):
        self.assertEqual(self.words("The U.S. spent US$1,244 (52.5%)."),
                         [["the"], ["us"], ["spent"], ["us"], ["1244"], ["52.5"]])

    def test_possessives_and_elisions_are_indexed_twice_at_one_position(self):
        self.assertEqual(self.words("Ford\u2019s l'avion don't"), [["ford", "ford's"], ["avion", "l'avion"], ["don't"]])

    def test_accents_and_letters_without_decomposition_fold(self):
        self.assertEqual(self.words("Zaïre Łódź Ærø Straße"), [["zaire"], ["lodz"], ["aero"], ["strasse"]])

    def test_parts_of_hyphenated_words_are_neighbours(self):
        self.assertEqual(self.words("long-haul"), [["long"], ["haul"]])


class Search(unittest.TestCase):
    def test_hyphen_matches_three_spellings(self):
        found = item("x", "a long-haul, a long haul, a longhaul, a long straight haul").find("long-haul")
        self.assertEqual(spans(found), [(1, 2), (4, 5), (7, 7)])

    def test_wildcards(self):
        self.assertEqual(len(item("x", "organisation organization organiation").find("organi?ation")), 2)
        self.assertEqual(len(item("x", "measles msles muscles").find("m*sles")), 2)

    def test_near_counts_tokens_strictly_between(self):
        text = item("x", "alpha one two beta")
        self.assertTrue(near(2, text.find("alpha"), text.find("beta")))
        self.assertTrue(near(2, text.find("beta"), text.find("alpha")))
        self.assertFalse(near(1, text.find("alpha"), text.find("beta")))
        self.assertFalse(onear(2, text.find("beta"), text.find("alpha")))

    def test_near_stays_in_one_part_and_needs_disjoint_tokens(self):
        text = item("alpha", "beta")
        self.assertFalse(near(9, text.find("alpha"), text.find("beta")))
        text = item("x", "alpha")
        self.assertFalse(near(9, text.find("alpha"), text.find("alp*")))

    def test_lead_is_headline_and_first_paragraph(self):
        text = item("headline", "first\n\nsecond")
        self.assertEqual([bool(text.in_lead(text.find(word))) for word in ("headline", "first", "second")],
                         [True, True, False])

    def test_outside_and_away(self):
        text = item("x", "bird flu and a bird")
        self.assertEqual(spans(outside(text.find("bird"), text.find("bird flu"))), [(4, 4)])
        self.assertEqual(spans(away(1, text.find("bird"), text.find("flu"))), [(4, 4)])

    def test_at_least_counts_occurrences_that_do_not_overlap(self):
        text = item("x", "bird flu flu")
        self.assertTrue(at_least(2, text.find("flu", "bird flu")))
        self.assertFalse(at_least(3, text.find("flu", "bird flu")))

    def test_case_and_symbols(self):
        text = item("x", "who calls the WHO? AT&T.")
        self.assertEqual(spans(text.exactly("WHO")), [(3, 3)])
        self.assertTrue(text.literally("at&t"))
        self.assertFalse(text.literally("T&T"))


class Comparison(unittest.TestCase):
    def compare(self, hits, evidence):
        expected = [("urn:1", "w"), ("urn:2", "w"), ("urn:2", "v")]
        with tempfile.TemporaryDirectory() as folder:
            def write(name, lines):
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.writelines(line + "\n" for line in lines)
                return path
            inspected = [json.dumps({"id": "id" + uri, "altIds": [{"role": "publisher", "value": uri}],
                                     "watchHits": [{"watchId": watch} for at, watch in hits if at == uri]})
                         for uri in ("urn:1", "urn:2")]
            counts = collections.Counter(watch for _, watch in evidence)
            alerts = [json.dumps({"alert": {
                "id": "alert-" + at, "watchIds": [at], "signalCount": str(counts[at]),
                "evidence": [{"signalId": uri + watch, "itemId": "id" + uri, "watchId": watch}
                             for uri, watch in evidence if watch == at]}}) for at in counts]
            command = [sys.executable, os.path.join(HERE, "compare_signals.py"),
                       "--expected", write("expected", ["%s\t%s" % pair for pair in expected]),
                       "--inspected", write("inspected", inspected), "--alerts", write("alerts", alerts),
                       write("corpus", ['{"uri": "urn:1"}', '{"uri": "urn:2"}'])]
            done = subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True, check=False)
            return done.returncode, done.stdout

    def test_equal(self):
        pairs = [("urn:1", "w"), ("urn:2", "w"), ("urn:2", "v")]
        self.assertEqual(self.compare(pairs, pairs)[0], 0)

    def test_one_fewer_and_one_more_are_told(self):
        pairs = [("urn:1", "w"), ("urn:2", "w"), ("urn:2", "v")]
        code, output = self.compare(pairs[:2], pairs)
        self.assertEqual(code, 1)
        self.assertIn("watch hits: urn:2 v: must be raised 1 times, was 0 times", output)
        code, output = self.compare(pairs, pairs + [("urn:1", "v")])
        self.assertEqual(code, 1)
        self.assertIn("signals: urn:1 v: must be raised 0 times, was 1 times", output)


if __name__ == "__main__":
    unittest.main()

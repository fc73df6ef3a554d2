#!/usr/bin/env python3
"""The judge says what the common subset means, and the comparison and the page hide nothing."""
import copy
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from percolation import corpus, judge, page, plot, queries, wirewatch  # noqa: E402

TEXT = "The Kosovo Force (KFOR) said on Monday: KFOR's patrol met 1,244 people near Zvečan, U.S. officials said."
TOKENS = [("KFOR's men", ["kfor's", "men"]), ("U.S. 1,244 3.14", ["u.s", "1,244", "3.14"]),
          ("a,b 1,a", ["a", "b", "1", "a"]),
          ("co-op x_y _", ["co", "op", "x_y"]), ("don''t a:b 1:2", ["don", "t", "a:b", "1", "2"]),
          ("e\u0301t", ["e\u0301t"]), ("", []), ("B2B №5 12th", ["b2b", "5", "12th"])]
HOLDS = ["kosovo", "kfor AND zvečan", '"kosovo force"', "kfor's", "patr*", '"force kosovo"~2', '"kosovo kfor"~1',
         "(absent OR monday) AND u.s", "kosovo NOT serbia", '"officials said"', "serbia OR monday"]
FAILS = ["kosov", '"force kosovo"', '"force kosovo"~1', "kosovo NOT monday", "serbia", '"kosovo kfor"', "atrol*",
         '"said kosovo"~3', "kosovo AND (serbia OR albania)"]


def run_of(ours, theirs, watches=100000, differences=0):
    return {"name": "a set", "plain": True, "watches": watches, "differences": differences, "peer_settings": "x",
            "ours": [{"raw_items_per_cpu_s": ours, "resident_bytes": 1}], "theirs": [{"items_per_cpu_s": theirs}]}


class Judge(unittest.TestCase):
    def test_tokens(self):
        for text, tokens in TOKENS:
            self.assertEqual(judge.tokenize(text), tokens)

    def test_queries(self):
        text = judge.Text(judge.tokenize(TEXT))
        for query in HOLDS + FAILS:
            self.assertEqual(judge.Parser(query).parse()(text), query in HOLDS, query)

    def test_wrong_queries_are_refused(self):
        for query in ("a b", "(a", "a)", "a AND OR b"):
            with self.assertRaises((ValueError, IndexError), msg=query):
                judge.Parser(query).parse()


class Comparison(unittest.TestCase):
    def test_differences_of_both_sides(self):
        found, both = wirewatch.differences([(0, [1, 2]), (1, [])], [(0, [2, 3]), (1, [])])
        self.assertEqual((found, both), ([(0, 1, "Wirewatch"), (0, 3, "the other")], 1))

    def test_what_is_no_match_file(self):
        for ours in ([(0, [2, 1])], [(0, [1, 1])], [(1, [1])], []):
            with self.assertRaises(ValueError):
                wirewatch.differences(ours, [(0, [1, 2])])

    def test_the_check_sees_matches_left_out(self):
        for spoil, status in (("", 0), (r" | sed -E 's/\[[0-9]+(, )?/[/'", 1)):
            with tempfile.TemporaryDirectory() as folder:
                command = os.path.join(folder, "wirewatch")
                with open(command, "w", encoding="utf-8") as file:
                    file.write('#!/bin/sh\n"%s" "%s/percolation/judge.py" "$@"%s\n' % (sys.executable, HERE, spoil))
                os.chmod(command, 0o755)
                done = subprocess.run([sys.executable, os.path.join(HERE, "percolate_check.py"), folder, "--watches",
                                       "80", "--items", "30"], stdout=subprocess.PIPE, check=False)
                self.assertEqual(done.returncode, status, done.stdout.decode())


class Sets(unittest.TestCase):
    def test_drawn_queries_can_be_read(self):
        documents = [("text%d word%d that is long enough for a window of the generator to find its place with words %s"
                      % (i, i, " ".join("extra%s" % letter for letter in "abcdefgh"[i % 8:]))).split()
                     for i in range(30)]
        for query in queries.Rarer(documents[:15], documents[15:]).queries(200):
            judge.Parser(query).parse()

    def test_texts_are_cut_alike(self):
        pieces = list(corpus.cut(" ".join("w%d" % i for i in range(700))))
        self.assertEqual([len(piece.split()) for piece in pieces], [350, 350])
        self.assertEqual(list(corpus.cut("too short")), [])


class Page(unittest.TestCase):
    def test_targets(self):
        results = {"runs": [run_of(3100, 100)], "correct_only": []}
        self.assertEqual(page.missed(results), [])
        self.assertEqual(len(page.missed({"runs": [run_of(2900, 100)], "correct_only": []})), 1)
        self.assertEqual(len(page.missed({"runs": [run_of(3100, 100, differences=1)], "correct_only": []})), 1)
        large = copy.deepcopy(run_of(3100, 100, watches=1000000))
        large["ours"][0]["resident_bytes"] = 2 * 10 ** 9
        self.assertEqual(len(page.missed({"runs": [large], "correct_only": []})), 1)

    def test_plot_is_xml_with_every_point(self):
        drawn = plot.log_log("<title>", "x", "y", [("one", [(1000, 5.5), (10000, 0.5)]), ("two", [(1000, 700)])])
        root = ElementTree.fromstring(drawn)
        self.assertEqual(len(list(root.iter("{http://www.w3.org/2000/svg}circle"))), 3)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""What a standing query of the common subset means, tried on every text. It shares no code with the product.

usage: judge.py watch match --watches W.jsonl --items I.jsonl [--dialect lucene] [--threads N] [--stats] [--rounds N]

Run as a program it speaks the contract of `wirewatch watch match`, slowly.

Tokens: the words of UAX #29 for scripts with letters, lower-cased code point by code point. `word`: the token occurs.
`pref*`: a token begins with it. `"a b c"`: at consecutive positions. `"a b"~n`: at positions p_i with
max(p_i - i) - min(p_i - i) <= n. `x AND y`, `x OR y`, `x NOT y` (x and not y), parentheses; OR binds loosest.
"""
import itertools
import json
import re
import resource
import sys
import time
import unicodedata

MID_LETTER = "\u003a\u00b7\u0387\u05f4\u2027\ufe13\ufe55\uff1a"
MID_NUMBER = "\u002c\u003b\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b"
MID_BOTH = "\u002e\u0027\u2018\u2019\u2024\ufe52\uff07\uff0e"
LETTERS_BY_NAME_ONLY = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
QUERY_TOKEN = re.compile(r'\s*(?:([()])|"([^"]*)"(?:~(\d+))?|([^\s()"]+))')


def word_break(character):
    """The property Word_Break as far as scripts with letters need it."""
    if character in MID_LETTER:
        return "mid letter"
    if character in MID_NUMBER:
        return "mid number"
    if character in MID_BOTH:
        return "mid both"
    category = unicodedata.category(character)
    if category == "Nd":
        return "number"
    if category == "Pc" or character == "\u202f":
        return "joiner"
    if category in ("Mn", "Mc", "Me") or (category == "Cf" and character != "\u200b"):
        return "extend"
    if category[0] == "L" or category == "Nl":
        name = unicodedata.name(character, "")
        return "other" if name.startswith(LETTERS_BY_NAME_ONLY) else "letter"
    return "other"


def lower(text):
    return "".join(c.lower() if len(c.lower()) == 1 else c.lower()[0] for c in text)


def tokenize(text, cache={}):  # the default is shared on purpose: one look at each character
    for character in set(text) - cache.keys():
        cache[character] = word_break(character)
    kinds = [cache[character] for character in text]
    bases = [i for i, kind in enumerate(kinds) if kind != "extend" or i == 0 or text[i - 1] in "\r\n"]
    tokens, place = [], 0
    while place < len(bases):
        if kinds[bases[place]] not in ("letter", "number", "joiner"):
            place += 1
            continue
        first, has_word = place, False
        while True:
            kind = kinds[bases[place]]
            has_word = has_word or kind != "joiner"
            following = [kinds[i] for i in bases[place + 1:place + 3]]
            if following and following[0] in ("letter", "number", "joiner"):
                place += 1
            elif following[1:] == [kind] and ((kind == "letter" and following[0] in ("mid letter", "mid both")) or
                                              (kind == "number" and following[0] in ("mid number", "mid both"))):
                place += 2
            else:
                break
        end = bases[place + 1] if place + 1 < len(bases) else len(text)
        if has_word:
            tokens.append(lower(text[bases[first]:end]))
        place += 1
    return tokens


class Text:
    """One text as the queries see it."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.places = {}
        for place, token in enumerate(tokens):
            self.places.setdefault(token, []).append(place)


def word(token):
    return lambda text: token in text.places


def prefix(start):
    return lambda text: any(token.startswith(start) for token in text.places)


def phrase(words):
    return lambda text: any(text.tokens[place:place + len(words)] == words for place in text.places.get(words[0], ()))


def loose_phrase(words, most):
    def holds(text):
        shifted = [[place - i for place in text.places.get(token, ())] for i, token in enumerate(words)]
        return any(max(choice) - min(choice) <= most for choice in itertools.product(*shifted))
    return holds


class Parser:
    """Descent over the query's text; each step gives a predicate over a Text."""

    def __init__(self, query):
        self.tokens = [match.groups() for match in QUERY_TOKEN.finditer(query)]
        self.next = 0

    def parse(self):
        holds = self.any_of()
        if self.next != len(self.tokens):
            raise ValueError("left over: %r" % (self.tokens[self.next:],))
        return holds

    def takes(self, keyword):
        if self.next < len(self.tokens) and self.tokens[self.next][3] == keyword:
            self.next += 1
            return True
        return False

    def any_of(self):
        parts = [self.all_of()]
        while self.takes("OR"):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else lambda text: any(holds(text) for holds in parts)

    def all_of(self):
        wanted, unwanted = [self.atom()], []
        while True:
            if self.takes("AND"):
                wanted.append(self.atom())
            elif self.takes("NOT"):
                unwanted.append(self.atom())
            else:
                break
        if len(wanted) == 1 and not unwanted:
            return wanted[0]
        return lambda text: all(holds(text) for holds in wanted) and not any(holds(text) for holds in unwanted)

    def atom(self):
        bracket, words, most, term = self.tokens[self.next]
        self.next += 1
        if bracket == "(":
            holds = self.any_of()
            if self.tokens[self.next][0] != ")":
                raise ValueError("no closing parenthesis")
            self.next += 1
            return holds
        if words is not None:
            return loose_phrase(words.split(), int(most)) if most and int(most) else phrase(words.split())
        if term is None or term in ("AND", "OR", "NOT"):
            raise ValueError("a word is missing")
        return prefix(term[:-1]) if term.endswith("*") else word(term)


def matches(watches, items):
    """For each (id, text) of items the ids of the watches, a list of (id, query), that hold."""
    predicates = [(number, Parser(query).parse()) for number, query in watches]
    for number, text in items:
        seen = Text(tokenize(text))
        yield number, sorted(watch for watch, holds in predicates if holds(seen))


def read(path, key):
    with open(path, encoding="utf-8") as file:
        return [(entry["id"], entry[key]) for entry in map(json.loads, file)]


def main(arguments):
    def option(name):
        return arguments[arguments.index(name) + 1] if name in arguments else None

    if arguments[:2] != ["watch", "match"]:
        sys.exit(__doc__)
    began, began_cpu = time.perf_counter(), time.process_time()
    watches, items = read(option("--watches"), "query"), read(option("--items"), "text")
    loaded, loaded_cpu, latencies, pairs = time.perf_counter(), time.process_time(), [], 0
    source = matches(watches, items)
    for _ in items:
        before = time.perf_counter()
        number, found = next(source)
        latencies.append(1e6 * (time.perf_counter() - before))
        pairs += len(found)
        sys.stdout.write(json.dumps({"item": number, "matches": found}) + "\n")
    if "--stats" in arguments:
        wall, cpu = time.perf_counter() - loaded, time.process_time() - loaded_cpu
        latencies.sort()
        count = len(items)
        json.dump({"watches": len(watches), "load_s": loaded - began, "load_cpu_s": loaded_cpu - began_cpu,
                   "items": count, "rounds": 1, "raw_items_per_s": count / wall, "raw_items_per_cpu_s": count / cpu,
                   "match_items_per_s": count / wall, "match_items_per_cpu_s": count / cpu,
                   "p50_us": latencies[count // 2], "p99_us": latencies[count * 99 // 100], "max_us": latencies[-1],
                   "max_item": 0, "bytes_per_watch": 0, "index_bytes": 0,
                   "resident_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                   "matches_per_item": pairs / count, "candidates_per_item": len(watches)}, sys.stderr)
        sys.stderr.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

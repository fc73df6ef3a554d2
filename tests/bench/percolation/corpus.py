"""The texts: news of several corpora, and the documents and stored queries of the Luwak benchmark.

None of the corpora is part of the repository. A folder that is missing is left out of the news; the page says what was
taken.
"""
import csv
import glob
import html
import json
import os
import random
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

EVAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "eval")
sys.path.insert(0, EVAL)
import convert_geovirus  # noqa: E402
import convert_meantime  # noqa: E402

WORDS_A_DOCUMENT = 325
FEWEST_WORDS = 50
WORD = re.compile(r"\S+")


def item_text(item):
    return item["headline"] + "\n\n" + item["body_text"]


def meantime(data):
    for path in sorted(glob.glob(os.path.join(data, "meantime", "intra-doc_annotation", "*", "*.xml"))):
        yield item_text(convert_meantime.read_article(path))


def geovirus(data):
    path = os.path.join(data, "geo-geovirus", "GeoVirus.xml")
    if os.path.isfile(path):
        for item in convert_geovirus.read_items(path):
            yield item_text(item)


def ecb(data):
    """Tokens by sentence. The first sentence of many articles is the address it came from; it is left out."""
    for path in sorted(glob.glob(os.path.join(data, "cluster", "ecbplus-dev", "*", "*.xml"))):
        sentences = {}
        for token in ElementTree.parse(path).getroot().iter("token"):
            sentences.setdefault(int(token.get("sentence")), []).append(token.text or "")
        lines = [convert_meantime.join_tokens(sentences[number]) for number in sorted(sentences)
                 if sentences[number][0] not in ("http", "https")]
        yield "\n\n".join(lines)


def summaries(data):
    """Texts that were put together from the first sentences of agency reports."""
    path = os.path.join(data, "neardup-minhash", "articles_1000.train")
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                yield line.rstrip("\n").split(" ", 1)[1]


def pairs(data):
    path = os.path.join(data, "cluster", "tgcontest", "en_train_pool.tsv")
    if os.path.isfile(path):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                for which in ("first", "second"):
                    yield row["INPUT:%s_title" % which] + "\n\n" + row["INPUT:%s_text" % which]


def editorials(data):
    path = os.path.join(data, "loaded-language", "vader", "nytEditorialSnippets_GroundTruth.txt")
    if os.path.isfile(path):
        texts = {}
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                number, _, sentence = line.rstrip("\n").split("\t", 2)
                texts.setdefault(int(number.split("_")[0]), []).append(sentence)
        for number in sorted(texts):
            yield " ".join(texts[number])


def pages(data):
    """The main text of English web pages, without placeholder text."""
    for path in sorted(glob.glob(os.path.join(data, "article-readability", "*", "expected.html"))):
        with open(os.path.join(os.path.dirname(path), "expected-metadata.json"), encoding="utf-8") as file:
            metadata = json.load(file)
        if not (metadata.get("lang") or "en").startswith("en"):
            continue
        with open(path, encoding="utf-8") as file:
            text = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"(?i)</(p|h\d|li|div)>", "\n\n", file.read())))
        words = set(re.findall(r"[a-z]+", text.lower()))
        if "ipsum" not in words and {"the", "of", "and"} <= words:
            yield metadata["title"] + "\n\n" + text.strip()


NEWS = [("MEANTIME (Wikinews)", meantime), ("GeoVirus (Wikinews)", geovirus), ("ECB+ (news)", ecb),
        ("minhash articles (agency leads)", summaries), ("tgcontest, English (news)", pairs),
        ("editorials of the VADER set (newspaper)", editorials), ("readability pages (web articles)", pages)]


def cut(text):
    """Pieces of about WORDS_A_DOCUMENT words, alike in length."""
    spans = [match.span() for match in WORD.finditer(text)]
    if len(spans) < FEWEST_WORDS:
        return
    count = max(1, round(len(spans) / WORDS_A_DOCUMENT))
    for piece in range(count):
        first = len(spans) * piece // count
        last = len(spans) * (piece + 1) // count - 1
        yield text[spans[first][0]:spans[last][1]]


def news(data):
    """(documents, [(corpus, documents taken)]). The order is drawn once, so that the first n are a sample of all."""
    documents, taken = {}, []
    for name, read in NEWS:
        before = len(documents)
        for text in read(data):
            for piece in cut(text):
                documents.setdefault(piece)
        taken.append((name, len(documents) - before))
    documents = list(documents)
    random.Random(1).shuffle(documents)
    return documents, taken


def luwak(data):
    """(documents, queries) of the Luwak benchmark: `+a +b*` means that both must occur. None where it is missing."""
    folder = os.path.join(data, "queries", "luwak")
    if not os.path.isdir(folder):
        return None
    documents, queries = [], []
    with open(os.path.join(folder, "doclist"), encoding="utf-8") as file:
        names = [line.strip() for line in file if line.strip()]
    for name in names:
        path = os.path.join(folder, "docfiles", name)
        if not os.path.isfile(path):
            path = os.path.join(folder, "docfiles", urllib.parse.unquote(name))
        with open(path, encoding="utf-8", errors="replace") as file:
            documents.append(file.read())
    with open(os.path.join(folder, "queries"), encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if not words or not all(re.fullmatch(r"\+[a-z0-9]+\*?", word) for word in words):
                raise ValueError("a stored query of another form: %r" % line)
            queries.append(" AND ".join(word[1:] for word in words))
    return documents, queries


def write_items(path, documents):
    """`{"id": 0, "text": "…"}`, one space after each colon: the peer reads no other form."""
    with open(path, "w", encoding="utf-8") as file:
        for number, text in enumerate(documents):
            file.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")

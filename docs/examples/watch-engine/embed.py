"""The watch engine from Python, by ctypes: embed.py LIBRARY QUERY… < TEXT prints, for each line, the queries that it
satisfies."""
import ctypes
import sys
from ctypes import byref, c_char_p, c_int, c_size_t, c_uint64, c_void_p


class Definition(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("id", c_char_p), ("query", c_char_p), ("query_size", c_size_t),
                ("dialect", c_char_p), ("timezone", c_char_p), ("tag", c_uint64)]


def load(path):
    library = ctypes.CDLL(path)
    library.wirewatch_watch_error_message.restype = c_char_p
    library.wirewatch_watch_error_message.argtypes = [c_void_p]
    library.wirewatch_watch_matcher_hit_count.restype = c_size_t
    library.wirewatch_watch_matcher_hit_count.argtypes = [c_void_p]
    library.wirewatch_watch_matcher_hit_id.restype = c_char_p
    library.wirewatch_watch_matcher_hit_id.argtypes = [c_void_p, c_size_t]
    return library


class Watches:
    def __init__(self, path):
        self.library = load(path)
        self.engine, self.matcher = c_void_p(), c_void_p()
        self.call("engine_create", None, byref(self.engine))
        self.call("matcher_create", self.engine, byref(self.matcher))

    def call(self, name, *arguments):
        error = c_void_p()
        function = getattr(self.library, "wirewatch_watch_" + name)
        function.restype = c_int
        if function(*arguments, byref(error)) != 0:
            message = self.library.wirewatch_watch_error_message(error).decode()
            self.library.wirewatch_watch_error_destroy(error)
            raise ValueError(message)

    def add(self, name, query):
        query = query.encode()
        definition = Definition(ctypes.sizeof(Definition), name.encode(), query, len(query), None, None, 0)
        self.call("engine_set", self.engine, byref(definition))

    def match(self, text):
        text = text.encode()
        self.call("match_text", self.matcher, c_char_p(text), c_size_t(len(text)))
        return [self.library.wirewatch_watch_matcher_hit_id(self.matcher, hit).decode()
                for hit in range(self.library.wirewatch_watch_matcher_hit_count(self.matcher))]


if __name__ == "__main__":
    watches = Watches(sys.argv[1])
    for query in sys.argv[2:]:
        watches.add(query, query)
    for line in sys.stdin:
        print(line.rstrip("\n"))
        for hit in watches.match(line):
            print("  " + hit)

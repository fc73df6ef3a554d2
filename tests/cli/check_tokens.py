#!/usr/bin/env python3
"""Reaches a real host over the network with `wirewatch --server`: with tokens, without, with wrong ones, over TLS.

usage: check_tokens.py BIN_DIR
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from expecting import expect, until  # noqa: E402

PIPELINE = """name: desk
sources:
  - files: { path: "inbox/*.txt", settle: 0s }
analyses:
  - watch: { files: ["watches.yaml"], live: true }
alerts:
  channels:
    - jsonl: { path: alerts.jsonl }
"""
WATCHES = """watches:
  - { id: floods, query: flood, labels: { desk: home } }
  - { id: kfor, query: KFOR, labels: { desk: world } }
"""
TOKEN = re.compile(r"^wwt_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$")


class Desk:
    """A folder with a store, tokens, certificates, and perhaps a host that runs in it."""

    def __init__(self, bin_dir):
        self.path = tempfile.mkdtemp(prefix="wirewatch-tokens-")
        self.wirewatch = os.path.join(os.path.abspath(bin_dir), "wirewatch")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("WIREWATCH_")}
        self.environment.update(XDG_STATE_HOME=os.path.join(self.path, "state"), LC_ALL="C.UTF-8",
                                XDG_CACHE_HOME=os.path.join(self.path, "cache"))
        os.mkdir(os.path.join(self.path, "inbox"))
        self.write("pipeline.yaml", PIPELINE)
        self.write("watches.yaml", WATCHES)
        self.process = None
        self.starts = 0

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o600)
        return path

    def read(self, name):
        with open(os.path.join(self.path, name), encoding="utf-8") as file:
            return file.read()

    def lines(self, name):
        return [json.loads(line) for line in self.read("state/wirewatch/desk.db." + name).splitlines()]

    def run(self, *arguments, **environment):
        done = subprocess.run([self.wirewatch] + list(arguments), cwd=self.path, env=dict(self.environment, **environment),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=60,
                              check=False)
        return done.returncode, done.stdout, done.stderr

    def ok(self, *arguments, **environment):
        status, out, err = self.run(*arguments, **environment)
        expect(status == 0, "`%s` ended with %d: %s" % (" ".join(arguments), status, err))
        return out

    def refused(self, status, words, *arguments, **environment):
        ended, out, err = self.run(*arguments, **environment)
        expect(ended == status and words in err, "`%s` ended with %d: %s%s" % (" ".join(arguments), ended, out, err))

    def start(self, *arguments):
        """The address at which the host serves gRPC."""
        self.starts += 1
        log = "log-%d" % self.starts
        self.process = subprocess.Popen([self.wirewatch, "run", "pipeline.yaml"] + list(arguments), cwd=self.path,
                                        env=self.environment, stderr=open(os.path.join(self.path, log), "wb"))
        found = []

        def served():
            expect(self.process.poll() is None, "the host runs: " + self.read(log))
            found[:] = re.findall(r"gRPC at (\S+?),? ", self.read(log).replace("\n", " \n"))
            return bool(found)
        until(served, "the host serves gRPC")
        return found[0]

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            expect(self.process.wait(30) == 0, "the host ends")

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.path)

    def token(self, name, *arguments):
        """Makes a token; a file that holds it, and its id."""
        out = self.ok("token", "create", name, *arguments).strip()
        expect(TOKEN.match(out), "a token alone is printed: " + out)
        return self.write("token-" + name, out + "\n"), out[4:12]


def check_commands(desk):
    path, first = desk.token("anna", "--scope", "read", "--scope", "ingest", "--expires", "90d", "--visible", "desk=home")
    file = os.path.join(desk.path, "state", "wirewatch", "wirewatch.tokens")
    expect(os.stat(file).st_mode & 0o777 == 0o600, "the file of tokens is private")
    with open(file, encoding="utf-8") as stream, open(path, encoding="utf-8") as token:
        expect(token.read().strip()[13:] not in stream.read(), "no secret is stored")
    listed = [json.loads(line) for line in desk.ok("token", "list", "--format", "json").splitlines()]
    expect(len(listed) == 1 and listed[0]["id"] == first and listed[0]["scopes"] == ["read", "ingest"]
           and listed[0]["visible"] == ["desk=home"] and "expires" in listed[0], "it is listed: %s" % listed)
    expect("anna" in desk.ok("token", "list") and "expires " in desk.ok("token", "list"), "it is listed as text")
    expect(TOKEN.match(desk.ok("token", "create", "--scope", "read", "last").strip()), "an option takes one value")
    desk.refused(2, "12h or 90d", "token", "create", "x", "--scope", "read", "--expires", "soon")
    desk.refused(2, "NAME=VALUE", "token", "create", "x", "--scope", "read", "--visible", "desk")
    desk.refused(2, "sees everything", "token", "create", "x", "--scope", "admin", "--visible", "a=b")
    desk.refused(2, "cannot be seen", "token", "create", "a\nb", "--scope", "read")
    desk.refused(1, "there is no token 00000000", "token", "revoke", "00000000")
    expect("is revoked" in desk.ok("token", "revoke", first), "it is revoked")
    expect("revoked 2" in desk.ok("token", "list"), "which the list shows")
    os.chmod(file, 0o644)
    desk.refused(1, "chmod 600", "token", "list")
    os.chmod(file, 0o600)


def check_loopback(desk):
    address = desk.start("--grpc", "127.0.0.1:0")
    reader, reader_id = desk.token("reader", "--scope", "read")
    editor, _ = desk.token("editor", "--scope", "operate")
    home, _ = desk.token("home", "--scope", "operate", "--visible", "desk=home")
    expired, _ = desk.token("late", "--scope", "admin", "--expires", "1s")
    until(lambda: "; --token-file" in desk.run("watches", "list", "--server", address)[2], "tokens are asked for", 5)
    wrong = desk.write("wrong", "wwt_%s_%s\n" % (reader_id, "A" * 43))
    desk.refused(1, "does not know you", "watches", "list", "--server", address, "--token-file", wrong)
    until(lambda: desk.run("watches", "list", "--server", address, "--token-file", expired)[0] == 1, "one expires", 5)
    with_reader = ("--server", address, "--token-file", reader)
    expect("kfor" in desk.ok("watches", "list", *with_reader), "a reader reads")
    expect("floods" in desk.ok("watches", "show", "floods", WIREWATCH_SERVER=address, WIREWATCH_TOKEN_FILE=reader),
           "the environment says where and who")
    desk.ok("top", "--once", "--every", "0.1", *with_reader)
    desk.refused(1, '"operate"', "watches", "add", "x", "--query", "y", *with_reader)
    desk.refused(1, '"admin"', "reload", *with_reader)
    desk.refused(1, '"admin"', "tap", "watch", *with_reader)
    with_home = ("--server", address, "--token-file", home)
    out = desk.ok("watches", "list", *with_home)
    expect("floods" in out and "kfor" not in out, "what a token may not see does not exist: " + out)
    desk.refused(1, 'there is no watch "kfor"', "watches", "show", "kfor", *with_home)
    desk.refused(1, "only some", "watches", "remove", "floods", *with_home)
    desk.ok("watches", "add", "made", "--query", "x", "--author", "somebody else", "--server", address, "--token-file",
            editor)
    shown = json.loads(desk.ok("watches", "show", "made", "--format", "json"))
    expect(shown["watch"]["author"] == "editor", "it bears the token's name: %s" % shown)
    # The command on the same machine needs no token.
    desk.ok("reload")
    os.chmod(reader, 0o644)
    desk.refused(3, "chmod 600", "watches", "list", *with_reader)
    os.chmod(reader, 0o600)
    desk.refused(3, "no token", "watches", "list", "--server", address, "--token-file", desk.write("none", "hello"))
    desk.refused(3, "no address", "watches", "list", "--server", "nowhere")
    desk.refused(2, "excludes", "watches", "list", "--server", address, "--store", "x.db")
    desk.ok("token", "revoke", reader_id)
    until(lambda: desk.run("watches", "list", *with_reader)[0] == 1, "a revoked token is refused", 5)
    desk.stop()
    actions = [(line["caller"], line["method"], line.get("target"), line["outcome"]) for line in desk.lines("audit.jsonl")]
    expect(("editor", "WatchService/Add", "made", "OK") in actions, "actions are written down: %s" % actions)
    expect(actions[-1][1] == "HostService/Reload" and actions[-1][0] not in ("", "local"), "who is at the machine, too")
    refusals = desk.lines("refused.jsonl")
    details = {line.get("detail") for line in refusals}
    expect({"no token", "wrong secret", "expired token", "revoked token"} <= details, "and refusals: %s" % details)
    expect(not any("wwt_" in json.dumps(line) for line in refusals), "without tokens")


def openssl(desk, *arguments):
    subprocess.run(["openssl"] + list(arguments), cwd=desk.path, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def issue(desk, authority, name):
    """NAME.pem and NAME.key, signed by AUTHORITY.pem, for this machine."""
    desk.write("extensions", "subjectAltName=DNS:%s.example.org,DNS:localhost,IP:127.0.0.1\n" % name)
    openssl(desk, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
            "-keyout", name + ".key", "-out", name + ".csr")
    openssl(desk, "x509", "-req", "-in", name + ".csr", "-CA", authority + ".pem", "-CAkey", authority + ".key",
            "-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", name + ".pem")


def check_tls(desk):
    for authority in ("desk-ca", "other-ca"):
        openssl(desk, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=" + authority, "-keyout", authority + ".key", "-out", authority + ".pem")
    issue(desk, "desk-ca", "server")
    issue(desk, "desk-ca", "feeder")
    issue(desk, "other-ca", "stranger")
    run = ("run", "pipeline.yaml", "--once", "--grpc")
    desk.refused(2, "give --tls-cert and --tls-key", *run, "0.0.0.0:0")
    desk.refused(2, "server.key: the key is not that", *run, "0.0.0.0:0", "--tls-cert", "feeder.pem", "--tls-key",
                 "server.key")
    desk.refused(2, "of no use without --grpc", "run", "pipeline.yaml", "--once", "--tls-cert", "server.pem")
    tls = ("--tls-cert", "server.pem", "--tls-key", "server.key")
    desk.refused(2, "wirewatch token create", *run, "0.0.0.0:0", *tls, "--tokens", "none.tokens")
    address = desk.start("--grpc", "0.0.0.0:0", *tls, "--client-ca", "desk-ca.pem", "--client-scope", "read")
    address = "127.0.0.1:" + address.rsplit(":", 1)[1]

    def client(name):
        return ("--server", address, "--ca", "desk-ca.pem", "--cert", name + ".pem", "--key", name + ".key")
    expect("kfor" in desk.ok("watches", "list", *client("feeder")), "a certificate of the CA admits")
    desk.refused(1, '"operate"', "watches", "remove", "kfor", *client("feeder"))
    editor, _ = desk.token("second editor", "--scope", "operate")
    until(lambda: desk.run("watches", "remove", "made", "--token-file", editor, *client("feeder"))[0] == 0,
          "a token allows more", 5)
    for refused in (client("stranger"), ("--server", address, "--ca", "desk-ca.pem"),
                    ("--server", "https://" + address, "--ca", "other-ca.pem"), ("--server", "http://" + address)):
        desk.refused(1, "", "watches", "list", *refused)
    desk.stop()
    refusals = [line.get("caller") for line in desk.lines("refused.jsonl")]
    expect("feeder.example.org" in refusals, "the certificate's name is written down: %s" % refusals)


def main():
    desk = Desk(sys.argv[1])
    try:
        check_commands(desk)
        desk.ok("token", "list")
        os.remove(os.path.join(desk.path, "state", "wirewatch", "wirewatch.tokens"))
        check_loopback(desk)
        check_tls(desk)
    except BaseException:
        for name in sorted(os.listdir(desk.path)):
            if name.startswith("log-"):
                sys.stderr.write(desk.read(name)[-4000:])
        raise
    finally:
        desk.close()
    print("a host on the network: tokens, scopes, visibility, certificates, audit")


if __name__ == "__main__":
    main()

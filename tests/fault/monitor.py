"""Watches a running host through its own pages: how far it is, whether it is ready, and how many reloads it has made."""
import re
import time
import urllib.error
import urllib.request

import harness
from harness import Failure

# How long anything that must happen may take.
PATIENCE_S = 60


class Monitor:
    """A `wirewatch run` with its pages."""

    def __init__(self, place, *arguments, preload=None, environment=None):
        self.place = place
        begin = harness.os.path.getsize(place.log) if harness.os.path.exists(place.log) else 0
        self.process = place.start("--http", "127.0.0.1:0", *arguments, preload=preload, environment=environment)
        self.address = self._address(begin)

    def _address(self, begin):
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with open(self.place.log, encoding="utf-8", errors="replace") as log:
                log.seek(begin)
                if found := re.search(r"at (http://[0-9.:]+)", log.read()):
                    return found.group(1)
            if self.process.poll() is not None:
                raise Failure("wirewatch ended with %d:\n%s" % (self.process.returncode, self.place.end_of_log()))
            time.sleep(0.01)
        raise Failure("wirewatch does not say its address:\n" + self.place.end_of_log())

    def running(self):
        return self.process.poll() is None

    def page(self, name):
        """(status, text); (0, "") when the process is not there any more."""
        try:
            with urllib.request.urlopen(self.address + name, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name):
        """The sum over all labels; None when the process is not there any more."""
        status, text = self.page("/metrics")
        if status != 200:
            return None
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if line.startswith((name + " ", name + "{")))

    def wait_for(self, what, holds):
        """Waits until `holds()`; False when the process ended first."""
        until = time.monotonic() + PATIENCE_S
        while not holds():
            if not self.running():
                return False
            if time.monotonic() > until:
                raise Failure("within %d s not: %s\n%s" % (PATIENCE_S, what, self.place.end_of_log()))
            time.sleep(0.02)
        return True

    def finish(self, timeout=300):
        """Waits for the end, which must be an orderly one."""
        status = harness.wait(self.process, timeout)
        if status != 0:
            raise Failure("wirewatch ended with %d:\n%s" % (status, self.place.end_of_log()))

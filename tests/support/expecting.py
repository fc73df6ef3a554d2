"""What checks of the command line say of what they see."""
import time


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def until(condition, what, seconds=20):
    """Waits for a condition, a function without arguments."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("never: " + what)

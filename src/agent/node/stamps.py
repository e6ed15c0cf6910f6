"""The clocks of a node: every message carries CLOCK_BOOTTIME, which nobody sets, and CLOCK_REALTIME, for people."""
from time import CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_REALTIME, clock_gettime_ns

CLOSE_ENOUGH_NS = 20_000
TRIES = 5
# On a User Mode Linux machine each look at a clock is a system call of 0.1 ms: the differences are measured anew only now and then.
KEPT_NS = 1_000_000_000
SET_US = 100_000  # this process may lose the processor between two looks, for less
_kept = {}


def boot_us():
    return clock_gettime_ns(CLOCK_BOOTTIME) // 1000


def real_us():
    return clock_gettime_ns(CLOCK_REALTIME) // 1000


def boot_from_monotonic(monotonic_us):
    """The two differ by the time that the machine was suspended."""
    return monotonic_us + _ahead_of_us(CLOCK_MONOTONIC)


def boot_from_real(then_us):
    """Right as long as nobody set the wall clock since `then_us`; callers check that the answer is plausible."""
    return then_us + _ahead_of_us(CLOCK_REALTIME)


def _was_set(clock, kept_us):
    """A wall clock may be set at any time; one that nobody sets need not be asked."""
    return clock == CLOCK_REALTIME and abs(boot_us() - real_us() - kept_us) > SET_US


def _ahead_of_us(clock):
    """How far CLOCK_BOOTTIME is ahead. This process may lose the processor between two readings, so the closest of a few counts."""
    kept_ns, kept_us = _kept.get(clock, (None, 0))
    now_ns = clock_gettime_ns(CLOCK_BOOTTIME)
    if kept_ns is not None and now_ns - kept_ns < KEPT_NS and not _was_set(clock, kept_us):
        return kept_us
    best_ns = ahead_ns = None
    for _ in range(TRIES):
        before = clock_gettime_ns(clock)
        boot = clock_gettime_ns(CLOCK_BOOTTIME)
        took_ns = clock_gettime_ns(clock) - before
        if best_ns is None or took_ns < best_ns:
            best_ns, ahead_ns = took_ns, boot - before - took_ns // 2
        if took_ns <= CLOSE_ENOUGH_NS:
            break
    _kept[clock] = (now_ns, ahead_ns // 1000)
    return ahead_ns // 1000

"""The clocks of a node: every message carries CLOCK_BOOTTIME, which nobody sets, and CLOCK_REALTIME, for people."""
from time import CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_REALTIME, clock_gettime_ns


def boot_us():
    return clock_gettime_ns(CLOCK_BOOTTIME) // 1000


def real_us():
    return clock_gettime_ns(CLOCK_REALTIME) // 1000


def boot_from_monotonic(monotonic_us):
    """The two differ by the time that the machine was suspended."""
    return boot_us() - clock_gettime_ns(CLOCK_MONOTONIC) // 1000 + monotonic_us


def boot_from_real(then_us):
    """Right as long as nobody set the wall clock since `then_us`; callers check that the answer is plausible."""
    return boot_us() - (real_us() - then_us)

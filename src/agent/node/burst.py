"""A burst of canary frames, a millisecond apart: around a fault's command the last one that passed and the first one that did not stand close together.

A thread of its own sends them: the main loop's tick takes longer than a millisecond.
"""
import time
from _thread import start_new_thread

from speech import say_later, trouble, works
from stamps import boot_us, real_us

EVERY_US = 1000
MOST_US = 3_000_000  # whoever ordered it may be gone
# Above the numbers of ticks (agent.py, SEQ_WRAP), and new in each millisecond: a later life's never meet an earlier one's.
FIRST = 1_000_000
NUMBERS = 4_000_000_000


class Burst:
    def __init__(self):
        self._until = 0
        self._running = False

    def order(self, send, for_us):
        """From now on for so long; a burst that goes on is made longer or shorter."""
        self._until = boot_us() + min(for_us, MOST_US)
        if for_us > 0 and not self._running:
            self._running = True
            start_new_thread(self._run, (send,))

    def _run(self, send):
        sent = []
        seq = FIRST + real_us() // EVERY_US % NUMBERS
        due = boot_us()
        while True:
            before = boot_us()
            if before >= self._until:
                break
            refused = None
            try:
                send(seq)
            except OSError as error:
                refused = error
            after = boot_us()
            if refused is None:
                sent.append((seq, before, after))
                works('canary burst')
            else:
                trouble('canary burst', refused)
            seq += 1
            # Absolute times; what was slept through is left out, not made up for.
            due += EVERY_US * max(1, -((due - after) // EVERY_US))
            time.sleep(max(0, due - after) / 1e6)
        self._running = False
        said = boot_us()
        say_later('burst', (said, real_us()), sent=[(seq, said - before, after - before) for seq, before, after in sent])

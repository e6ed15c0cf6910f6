"""Messages on their way into the closed process group, with the retries of pmxcfs (dfsm_send_message_full in dfsm.c).

While corosync synchronises after a membership change it answers TRY_AGAIN. pmxcfs then tries 100 times, 100 ms apart,
while it holds a mutex: later writes queue up behind, and the answers of earlier ones cannot be handed out.
"""

from collections import deque

OK, TRY_AGAIN = 1, 6  # corotypes.h cs_error_t
TRIES = 100
RETRY_S = 0.1


class Outbox:
    """`send(bytes)` returns a cs_error_t; `failed(kind, count, code)` hears of messages that were given up."""

    def __init__(self, send, failed, clock, log):
        self.send = send
        self.failed = failed
        self.clock = clock
        self.log = log
        self.state = deque()
        self.writes = deque()
        self.tries = {'state': 0, 'write': 0}
        self.wake_at = None

    def push_state(self, message):
        """Messages of the synchronisation do not wait for the mutex of the writers."""
        self.state.append((0, message))
        self.flush()

    def push_write(self, count, message):
        self.writes.append((count, message))
        self.flush()

    def drop_state(self):
        """After a membership change the messages of the former synchronisation are of no use to anybody."""
        self.state.clear()
        self.tries['state'] = 0

    def drop_write(self, count):
        """Takes back a write that is not sent yet; its client is gone."""
        self.writes = deque(entry for entry in self.writes if entry[0] != count)

    def clear(self):
        self.drop_state()
        self.writes.clear()
        self.tries['write'] = 0
        self.wake_at = None

    @property
    def holds_mutex(self):
        return bool(self.writes)

    def flush(self):
        """Sends what can be sent; call again at `wake_at`."""
        self.wake_at = None
        self._flush('state', self.state)
        self._flush('write', self.writes)

    def _flush(self, kind, queue):
        while queue:
            count, message = queue[0]
            code = self.send(message)
            if code == TRY_AGAIN and self.tries[kind] + 1 < TRIES:
                self.tries[kind] += 1
                if self.tries[kind] % 10 == 0:
                    self.log('notice', f'cpg_send_message retry {self.tries[kind]}')
                self.wake_at = self.clock() + RETRY_S
                return
            if not queue:
                return  # the sender was reset while it sent
            queue.popleft()
            tries, self.tries[kind] = self.tries[kind], 0
            if tries:
                self.log('notice', f'cpg_send_message retried {tries} times')
            if code != OK:
                self.log('crit', f'cpg_send_message failed: {code}')
                self.failed(kind, count, code)

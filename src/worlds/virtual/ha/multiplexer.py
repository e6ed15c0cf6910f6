"""The rules of watchdog-mux: many clients, one kernel watchdog (watchdog-mux.c of pve-ha-manager, wordings of 5.1.2).

The kernel's watchdog is fed about once a second for as long as every client was heard within CLIENT_TIMEOUT_S.
When one was not, feeding stops for good, and the process leaves without closing the watchdog properly: the kernel
resets the machine WATCHDOG_TIMEOUT_S after that.
"""

CLIENT_TIMEOUT_S = 60  # CLIENT_WATCHDOG_TIMEOUT
WARNING_S = CLIENT_TIMEOUT_S - 10  # CLIENT_WATCHDOG_TIMEOUT_WARNING
WATCHDOG_TIMEOUT_S = 10  # watchdog_timeout
TICK_S = 1  # epoll_wait() of main(); the tick is an idle one: it comes a second after the last event


class Client:
    def __init__(self, pid, at):
        self.pid = pid
        self.at = at
        self.magic_close = False
        self.warned = False


class Multiplexer:
    """`feed()` keeps the kernel's watchdog from firing; `sync()` has journald write to disk.

    Each `on_…` returns whether the process goes on; after False, `leave()` says how it ends.
    """

    def __init__(self, feed, sync, mark, clock, log):
        self.feed = feed
        self.sync = sync
        self.mark = mark  # mark(bool): whether there is /run/watchdog-mux.active
        self.clock = clock
        self.log = log
        self.clients = {}
        self.feeding = True

    def on_tick(self):
        """A second without an event."""
        if not self.feeding:
            return False
        now = int(self.clock())
        for client in self.clients.values():
            self._judge(client, now - client.at)
        if self.feeding:
            self.feed()
        return True

    def on_connect(self, key, pid):
        if not self.feeding:
            return False
        self.clients[key] = Client(pid, int(self.clock()))
        self.mark(True)
        self.log(f'added new client (PID {pid}) to watch')
        return True

    def on_data(self, key, data):
        """Anything refreshes; a last byte of `V` announces a proper close."""
        if not self.feeding:
            return False
        client = self.clients[key]
        client.magic_close = data.endswith(b'V')
        client.at = int(self.clock())
        return True

    def on_hang_up(self, key):
        if not self.feeding:
            return False
        client = self.clients[key]
        if client.magic_close:
            del self.clients[key]
            self.log(f'client (PID {client.pid}) has disconnected cleanly')
        else:
            self.log(f'client (PID {client.pid}) did not stop watchdog - disable watchdog updates')
            self.sync()
            self.feeding = False
        if not self.clients:
            self.log('all watchdog client connections to the multiplexer closed')
            self.mark(False)
        return True

    def on_terminate(self):
        self.log('got terminate request')
        return False

    def leave(self):
        """Returns whether the kernel's watchdog may be closed properly; otherwise the machine is to be reset."""
        if self.clients:
            self.log('exit watchdog-mux with active connections')
            self.sync()
            return False
        self.log('clean exit')
        return True

    def _judge(self, client, silent_s):
        name = f'client (PID {client.pid}) watchdog'
        if client.warned and silent_s <= WARNING_S:
            client.warned = False
            self.log(f'{name} was updated before expiring')
        if not client.warned and silent_s > WARNING_S:
            client.warned = True
            self.log(f'{name} is about to expire')
            self.sync()
        if silent_s > CLIENT_TIMEOUT_S:
            self.feeding = False
            self.log(f'{name} expired - disable watchdog updates')

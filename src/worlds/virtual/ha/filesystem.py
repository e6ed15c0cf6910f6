"""What pmxcfs is to the HA daemons: locks and a few values, written by ordered messages, read from memory.

A write is refused while this node is not quorate (dcdb_send_fuse_message in dcdb.c). Otherwise it is sent, and then
waited for WITHOUT a time limit until it is delivered back (dfsm_send_message_sync in dfsm.c): whoever writes hangs along.
No clock, socket or corosync is touched here directly; pmxcfs.py brings the real ones, the tests their own.
"""

from itertools import count as counter

from group import LEFT, START, SYNCED, Group
from outbox import OK, TRY_AGAIN, Outbox
from store import Store

RESTART_S = 5  # loop.c service_start_job: a service starts again when its last start is longer ago
TICK_S = 1  # loop.c service_start_job: and that is looked at once a second
JOIN_RETRY_S = 0.1  # dfsm.c dfsm_join, dfsm_leave


class Filesystem:
    """`port` is the way to corosync: open() -> (node id, pid) or None, join(), leave(), send(bytes) -> cs_error_t, close().

    `request()` answers through `reply(ticket, answer)`, at once or when the write is delivered.
    """

    def __init__(self, port, reply, clock, log):
        self.port = port
        self.reply = reply
        self.clock = clock
        self.log = log  # log(domain, level, text)
        self.store = Store(clock)
        self.outbox = Outbox(self._send, self._send_failed, clock, self._log_dcdb)
        self.group = None
        self.epochs = counter(1)
        self.quorate = False
        self.count = 0
        self.waiting = {}  # count of a write -> ticket of its client
        self.answered = []  # answers that the writers' mutex holds back
        self.phase = 'closed'  # closed, joining, joined, leaving
        self.started_at = None
        self.restarting = False
        self.failures = 0
        self.wake_at = clock()

    # Requests of clients.

    def request(self, ticket, request):
        op = request['op']
        if op == 'status':
            online = sorted({node_id for node_id, _pid in self.group.members}) if self.group else []
            self.reply(ticket, {'error': '', 'quorate': self.quorate, 'online': online, 'synced': self.synced})
        elif op == 'read':
            self.reply(ticket, {'error': '', 'value': self.store.read(request['key'])})
        elif not self.quorate or self.phase != 'joined':
            self.reply(ticket, {'error': 'EACCES'})
        elif op == 'mkdir' and self.store.lock(request['lock']):
            self.reply(ticket, {'error': 'EEXIST'})  # the kernel looks before it asks a file system to make a directory
        else:
            self.waiting[self._post(self._change(request))] = ticket

    def forget(self, ticket):
        """A client is gone; what it asked and what is not sent yet need not be sent."""
        for count in [count for count, waiting in self.waiting.items() if waiting == ticket]:
            del self.waiting[count]
            self.outbox.drop_write(count)

    @property
    def synced(self):
        return self.group is not None and self.group.mode == SYNCED

    # What corosync says.

    def on_quorum(self, quorate):
        if quorate != self.quorate:
            self.quorate = quorate
            self.log('status', 'notice', 'node has quorum' if quorate else 'node lost quorum')

    def on_confchg(self, members, joined):
        if not self.group:
            return
        if self.phase == 'leaving' and self.group.me not in members:
            self._stop()
        else:
            self.group.on_confchg(members, joined)
        self._settle()

    def on_message(self, sender, data):
        if self.group:
            self.group.on_message(sender, data)
        self._settle()

    def on_disconnected(self, code):
        """corosync died: CS_ERR_LIBRARY of cpg_dispatch."""
        self._log_dcdb('crit', f'cpg_dispatch failed: {code}')
        self.on_quorum(False)
        self.port.close()
        self._stop()

    # Time.

    def next_wake(self):
        times = [self.wake_at, self.outbox.wake_at, self.group and self.group.again_at]
        return min((time for time in times if time is not None), default=None)

    def on_time(self):
        now = self.clock()
        if self.outbox.wake_at is not None and now >= self.outbox.wake_at:
            self.outbox.flush()
        if self.group:
            self.group.on_time()
        if self.wake_at is not None and now >= self.wake_at:
            self.wake_at = None
            {'closed': self._start, 'joining': self._join, 'leaving': self._try_leave, 'joined': lambda: None}[self.phase]()
        self._settle()

    # The life of the service.

    def _start(self):
        now = self.clock()
        if self.started_at is not None and int(now) - int(self.started_at) <= RESTART_S:
            self.wake_at = now + TICK_S
            return
        self.started_at = now
        self._abort_writes()
        if self.restarting:
            self._log_dcdb('notice', 'start cluster connection')
        self.restarting = False
        me = self.port.open()
        if me is None:
            self._fail_start()
            return
        self.group = Group(me, self.epochs, self.store, self.outbox, self._deliver, self._answer, self._leave, self.clock, self._log_dcdb)
        self.phase = 'joining'
        self._join()

    def _join(self):
        """After a leave corosync refuses the same connection with EXIST, so a return takes a second start, as in PVE."""
        code = self.port.join()
        if code == OK:
            self.phase = 'joined'
            self.failures = 0
        elif code == TRY_AGAIN:
            self.wake_at = self.clock() + JOIN_RETRY_S
        else:
            self._log_dcdb('crit', f'cpg_join failed: {code}')
            self.port.close()
            self._stop()
            self._fail_start()

    def _fail_start(self):
        if not self.failures:
            self._log_dcdb('crit', "can't initialize service")
        self.failures += 1
        self.wake_at = self.clock() + TICK_S

    def _leave(self):
        self.outbox.clear()
        if self.phase != 'leaving':
            self.phase = 'leaving'
            self.wake_at = self.clock()

    def _try_leave(self):
        """Done when the membership without us comes; a member that nobody counts any more has nothing to leave."""
        if self.group.me not in self.group.members:
            self._stop()
            return
        code = self.port.leave()
        if code == TRY_AGAIN:
            self.wake_at = self.clock() + JOIN_RETRY_S
        elif code != OK:
            self._log_dcdb('crit', f'cpg_leave failed: {code}')
            self.port.close()
            self._stop()

    def _stop(self):
        self.phase = 'closed'
        self.restarting = self.group is not None and self.group.mode != START
        self.group = None
        self.outbox.clear()
        self._abort_writes()
        self.wake_at = self.clock() + TICK_S

    def _abort_writes(self):
        """dfsm_send_sync_message_abort(): writers that wait are told that it failed."""
        waiting, self.waiting = self.waiting, {}
        for ticket in waiting.values():
            self.reply(ticket, {'error': 'EACCES'})
        self.answered = []

    # Writes.

    def _change(self, request):
        change = {key: request[key] for key in ('op', 'key', 'value', 'lock', 'mtime') if key in request}
        if change['op'] == 'unlock':
            return {**change, 'op': 'unlock-request', 'was': self.store.lock(request['lock'])}
        return change

    def _post(self, change):
        self.count += 1
        self.group.write(self.count, change, int(self.clock()))
        return self.count

    def _deliver(self, sender, change, at):
        """dcdb_deliver(): a write that arrives without quorum makes the node leave the group and come back."""
        if not self.quorate:
            self._log_dcdb('crit', 'received write while not quorate - trigger resync')
            return None
        if change['op'] != 'unlock-request':
            return self.store.apply(change, sender[0], at)
        lock = self.store.lock(change['lock'])
        if self.group.lowest and lock and lock == change['was'] and self.store.expired(change['lock']):
            self._post({**change, 'op': 'unlock'})
        return 'EACCES'  # utime(0, 0) on a lock never succeeds; it only asks

    def _send(self, message):
        return self.port.send(message)

    def _send_failed(self, kind, count, _code):
        if kind == 'write':
            self._answer(count, 'EACCES')
        elif self.group and self.group.mode != LEFT:
            self.group.give_up()

    def _answer(self, count, error):
        self.answered.append((count, error))

    def _settle(self):
        """Hands out answers, unless a writer that still tries to send holds the mutex they need."""
        if self.outbox.holds_mutex:
            return
        answered, self.answered = self.answered, []
        for count, error in answered:
            ticket = self.waiting.pop(count, None)
            if ticket is not None:
                self.reply(ticket, {'error': error})

    def _log_dcdb(self, level, text):
        self.log('dcdb', level, text)

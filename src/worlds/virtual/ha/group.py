"""State synchronisation over a closed process group: what pmxcfs does after every membership change (dfsm.c).

The member with the lowest node id sends `start` with a fresh epoch; everybody answers with a summary of his data; when
all summaries are there the leader is known, sends his data to those who differ, and only then are writes delivered again.
A membership change at any moment begins it anew, so writes hang for as long as memberships keep changing.

Three things differ from dfsm.c, all to keep one lost or late message from hanging a node for ever: `start` names the
members it is meant for, so one that was sent in a former membership is ignored; `start` is honoured in every mode; and
a synchronisation that does not end within AGAIN_S is started again, by any member.
"""

import json

from store import encode

START, SYNC, SYNCED, UPDATE, LEFT = 'start', 'sync', 'synced', 'update', 'left'

# Far above a round of messages on a ring that works, so it never fires where dfsm.c would have ended by itself.
AGAIN_S = 10


class Group:
    """One process's view of the group. `me` is (node id, pid), as are all members; `epochs` never repeats a number.

    `deliver(sender, change, at)` returns '' or an errno name, or None for "leave the group and come back";
    `answer(count, error)` ends a local write; `leave()` asks for the group to be left.
    """

    def __init__(self, me, epochs, store, outbox, deliver, answer, leave, clock, log):
        self.me = me
        self.epochs = epochs
        self.store = store
        self.outbox = outbox
        self.deliver = deliver
        self.answer = answer
        self.leave = leave
        self.clock = clock
        self.log = log
        self.mode = START
        self.members = {}  # member -> {'summary': … or None, 'synced': bool}
        self.epoch = None
        self.queue = []  # writes that wait for the end of the synchronisation
        self.after_update = []  # writes of members that were ahead of us
        self.again_at = None

    # What corosync says, in the order in which it says it.

    def on_confchg(self, members, joined):
        if self.mode == LEFT:
            return
        self.outbox.drop_state()
        self.after_update = []
        self.epoch = None
        self.members = {member: {'summary': None, 'synced': False} for member in sorted(members)}
        if self.me in self.members or self.mode != START:
            self.log('notice', 'members: ' + ', '.join(spell(member) for member in self.members))
        if self.me not in self.members:
            if self.mode != START:
                self.log('notice', f'we ({spell(self.me)}) left the process group')
                self._leave()
        elif len(self.members) == 1:
            self.members[self.me]['synced'] = True
            self._set_mode(SYNCED)
            self._deliver_queue()
        else:
            if joined and self.queue:
                self._resend_queue()
            self._set_mode(SYNC)
            self.again_at = self.clock() + AGAIN_S + self._rank()
            if self._rank() == 0:
                self._send_start()

    def on_message(self, sender, data):
        if self.mode in (START, LEFT) or sender not in self.members:
            return
        message = json.loads(data)
        {'write': self._on_write, 'start': self._on_start, 'state': self._on_state, 'update': self._on_update}[message['t']](sender, message)

    def on_time(self):
        """Call at `again_at`."""
        if self.again_at is None or self.clock() < self.again_at:
            return
        self.log('notice', f'synchronisation did not end within {AGAIN_S} seconds - starting again')
        self.again_at = self.clock() + AGAIN_S + self._rank()
        self._send_start()

    def give_up(self):
        """A message of the synchronisation could not be sent at all."""
        self._leave()

    def write(self, count, change, at):
        self.outbox.push_write(count, encode({'t': 'write', 'n': count, 'at': at, 'change': change}))

    @property
    def lowest(self):
        return bool(self.members) and min(self.members)[0] == self.me[0]

    def _on_write(self, sender, message):
        if self.mode == SYNCED:
            self._apply(sender, message)
        elif self.mode == UPDATE and self.members[sender]['synced']:
            self.after_update.append((sender, message))
        else:
            self.queue.append((sender, message))

    def _on_start(self, sender, message):
        if [list(member) for member in self.members] != message['members'] or message['epoch'] == self.epoch:
            return
        count, node_id, pid = message['epoch']
        self.log('notice', f'received sync request (epoch {node_id}/{pid}/{count:08X})')
        self.epoch = message['epoch']
        self.after_update = []
        for member in self.members.values():
            member.update(summary=None, synced=False)
        self._set_mode(SYNC)
        self.again_at = self.clock() + AGAIN_S + self._rank()
        self._send_state('state', summary=self.store.summary())

    def _on_state(self, sender, message):
        if self.mode != SYNC or message['epoch'] != self.epoch:
            return
        self.members[sender]['summary'] = message['summary']
        if all(member['summary'] for member in self.members.values()):
            self._compare()

    def _on_update(self, sender, message):
        if message['epoch'] != self.epoch or self.mode not in (SYNCED, UPDATE):
            return
        if self.mode == UPDATE:
            self.log('notice', f'update complete - trying to commit (got {len(message["data"]["values"])} inode updates)')
            self.store.load(message['data'])
        for member in self.members.values():
            member['synced'] = True
        late, self.after_update = self.after_update, []
        self._set_mode(SYNCED)
        self._deliver_all(late)
        self._deliver_queue()

    def _compare(self):
        """All summaries are there: newest version leads, then latest write, then lowest node id (dcdb_select_leader)."""
        self.log('notice', 'received all states')

        def rank(item):
            (node_id, pid), member = item
            return -member['summary']['version'], -member['summary']['mtime'], node_id, pid

        leader, best = min(self.members.items(), key=rank)
        for member in self.members.values():
            member['synced'] = member['summary']['digest'] == best['summary']['digest']
        synced = [member for member in self.members if self.members[member]['synced']]
        self.log('notice', f'leader is {spell(leader)}')
        self.log('notice', 'synced members: ' + ', '.join(spell(member) for member in synced))
        behind = len(self.members) - len(synced)
        if leader == self.me:
            self.log('notice', 'start sending inode updates')
            self.log('notice', f'sent all ({len(self.store.data["values"]) if behind else 0}) updates')
            if behind:
                self._send_state('update', data=self.store.data)
        if self.members[self.me]['synced']:
            again_at = self.again_at
            self._set_mode(SYNCED)
            self.again_at = again_at if behind else None  # until the update has come, writes of those behind wait
            self._deliver_queue()
        else:
            self._set_mode(UPDATE)
            late, self.queue = self.queue, []
            for sender, message in late:
                if sender in self.members:
                    self._on_write(sender, message)

    def _apply(self, sender, message):
        error = self.deliver(sender, message['change'], message['at'])
        if sender == self.me:
            self.answer(message['n'], 'EACCES' if error is None else error)
        if error is None:
            self._leave()

    def _deliver_all(self, entries):
        for sender, message in entries:
            if self.mode == SYNCED:
                self._apply(sender, message)

    def _deliver_queue(self):
        """Delivers what waited; writes of members that are not up to date yet wait on."""
        if not self.queue:
            return
        self.log('notice', f'dfsm_deliver_queue: queue length {len(self.queue)}')
        entries, self.queue = self.queue, []
        for sender, message in entries:
            if sender not in self.members:
                self.log('notice', f'remove message from non-member {spell(sender)}')
            elif self.mode == SYNCED and self.members[sender]['synced']:
                self._apply(sender, message)
            elif self.mode != LEFT:
                self.queue.append((sender, message))

    def _resend_queue(self):
        """Those who joined have not seen the queue: everybody drops it, and its owners send their writes again."""
        self.log('notice', f'queue not emtpy - resening {len(self.queue)} messages')
        entries, self.queue = self.queue, []
        for sender, message in entries:
            if sender == self.me:
                self.outbox.push_write(message['n'], encode(message))

    def _send_start(self):
        epoch = [next(self.epochs), *self.me]
        self.outbox.push_state(encode({'t': 'start', 'epoch': epoch, 'members': list(self.members)}))

    def _send_state(self, kind, **fields):
        self.outbox.push_state(encode({'t': kind, 'epoch': self.epoch, **fields}))

    def _rank(self):
        return sorted(self.members).index(self.me)

    def _leave(self):
        self._set_mode(LEFT)
        self.leave()

    def _set_mode(self, mode):
        if mode in (SYNCED, LEFT):
            self.again_at = None
        if mode == self.mode:
            return
        self.mode = mode
        said = {SYNC: 'starting data syncronisation', SYNCED: 'all data is up to date', UPDATE: 'waiting for updates from leader', LEFT: 'leaving CPG group'}
        self.log('crit' if mode == LEFT else 'notice', said[mode])


def spell(member):
    return f'{member[0]}/{member[1]}'

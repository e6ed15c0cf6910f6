"""The state synchronisation under random memberships: `python3 chaos.py FIRST_SEED COUNT KIND` prints JSON.

What corosync may do, and no more: memberships follow each other at any moment; those who leave a ring together have
seen the same messages; a message that was accepted but not ordered is ordered in a later ring, or by the last moment
only among those who stay together; joiners are told one at a time; every process reads its queue as late as it likes.
Then memberships stop changing, and everything that is under way must come to an end.

KIND is `lasting` (processes live), `restarts` (some die and come anew) or `lossy`: then, which corosync promises not to do,
messages of the synchronisation get lost on their way to some members for some seconds after the last membership.
"""

import json
import random
import sys
from itertools import count

import simulation  # noqa: F401  (finds the sources)
from filesystem import Filesystem

STEPS = 400
QUIET_S = 60
LOSSY_S = 5


class Chaos:
    def __init__(self, seed, kind):
        self.random = random.Random(seed)
        self.kind = kind
        self.lossy_until = 0
        self.now = 1000.0
        self.pids = count(100)
        self.keys = count(1)
        self.ids = list(range(1, self.random.choice([3, 3, 4, 5]) + 1))
        self.partition = {node_id: frozenset(self.ids) for node_id in self.ids}
        self.busy = dict.fromkeys(self.ids, False)  # in sync: answers TRY_AGAIN
        self.asked = {}  # key -> node that asked
        self.answers = {}  # key -> error
        self.asked_quietly = []
        self.processes = {}
        for node_id in self.ids:
            self.processes[node_id] = Process(self, node_id)

    def run(self):
        actions = [self.order, self.order, self.read, self.read, self.read, self.read, self.time, self.write, self.write, self.reform, self.change_busy]
        if self.kind == 'restarts':
            actions.append(self.restart)
        for _ in range(STEPS):
            self.random.choice(actions)()
        hung = sum(key not in self.answers for key in self.asked)
        self.calm()
        return self.verdict(hung)

    # Random actions.

    def order(self):
        process = self.pick()
        if process.kept and not self.busy[process.node_id]:
            self.deliver(process, self.partition[process.node_id])

    def read(self):
        self.pick().read()

    def time(self):
        self.advance(self.random.choice([0.05, 0.1, 0.3, 1, 4]))

    def write(self):
        process = self.pick()
        key = next(self.keys)
        self.asked[key] = process.node_id
        process.filesystem.request(key, {'op': 'write', 'key': f'k{key}', 'value': key})

    def reform(self):
        shuffled = self.random.sample(self.ids, len(self.ids))
        cuts = sorted(self.random.sample(range(1, len(shuffled)), self.random.choice([0, 0, 1, 1, 2])))
        edges = [0, *cuts, len(shuffled)]
        self.form([frozenset(shuffled[begin:end]) for begin, end in zip(edges, edges[1:])])

    def change_busy(self):
        node_id = self.pick().node_id
        busy = not self.busy[node_id]
        for other in self.partition[node_id]:
            self.busy[other] = busy

    def restart(self):
        if self.random.random() < 0.3:
            process = self.pick()
            self.leave(process)
            process.abort()
            self.processes[process.node_id] = Process(self, process.node_id)

    # The ring.

    def pick(self):
        return self.processes[self.random.choice(self.ids)]

    def deliver(self, process, to):
        data = process.kept.pop(0)
        for node_id in to:
            if self.processes[node_id].joined and not self.loses(process, node_id, data):
                self.processes[node_id].inbox.append(('message', process.member, data))

    def loses(self, process, node_id, data):
        return self.now < self.lossy_until and node_id != process.node_id and b'"t":"write"' not in data and self.random.random() < 0.2

    def form(self, partitions):
        for partition in partitions:
            for node_id in sorted(partition):
                process = self.processes[node_id]
                while process.kept and self.random.random() < 0.3:
                    self.deliver(process, self.partition[node_id] & partition)
        before = dict(self.partition)
        for partition in partitions:
            for node_id in partition:
                self.partition[node_id] = partition
                self.busy[node_id] = False
                process = self.processes[node_id]
                process.inbox.append(('quorum', len(partition) * 2 > len(self.ids), None))
                if process.joined:
                    self.tell(process, before[node_id] & partition, partition)

    def tell(self, process, stayed, partition):
        """First who left, then the joiners one at a time, as cpg.c does."""
        known = set(stayed)
        process.inbox.append(('confchg', self.members(known), False))
        for node_id in sorted(partition - stayed):
            known.add(node_id)
            if self.processes[node_id].joined:
                process.inbox.append(('confchg', self.members(known), True))

    def members(self, node_ids):
        return [self.processes[node_id].member for node_id in sorted(node_ids) if self.processes[node_id].joined]

    def join(self, process):
        process.joined = True
        partition = self.partition[process.node_id]
        process.inbox.append(('quorum', len(partition) * 2 > len(self.ids), None))
        for node_id in partition:
            if self.processes[node_id].joined:
                self.processes[node_id].inbox.append(('confchg', self.members(partition), True))

    def leave(self, process):
        if process.joined:
            process.joined = False
            process.kept.clear()
            partition = self.partition[process.node_id]
            for node_id in partition:
                if self.processes[node_id].joined or self.processes[node_id] is process:
                    self.processes[node_id].inbox.append(('confchg', self.members(partition), False))

    def advance(self, seconds):
        self.now += seconds
        for process in self.processes.values():
            process.filesystem.on_time()

    # The end.

    def calm(self):
        """A last membership of all or of a majority; then messages flow and time passes."""
        self.form([frozenset(self.ids)] if self.random.random() < 0.5 else [frozenset(self.ids[:1]), frozenset(self.ids[1:])])
        end = self.now + QUIET_S
        self.lossy_until = self.now + LOSSY_S if self.kind == 'lossy' else 0
        while self.now < end:
            for process in self.processes.values():
                while process.inbox:
                    process.read()
                while process.kept:
                    self.deliver(process, self.partition[process.node_id])
            self.advance(0.1)
            if not self.asked_quietly and self.now > end - QUIET_S / 2:
                for node_id in self.quorate():
                    key = next(self.keys)
                    self.asked[key] = node_id
                    self.asked_quietly.append(key)
                    self.processes[node_id].filesystem.request(key, {'op': 'write', 'key': f'k{key}', 'value': key})

    def quorate(self):
        return [node_id for node_id in self.ids if len(self.partition[node_id]) * 2 > len(self.ids)]

    def verdict(self, hung):
        quorate = [self.processes[node_id].filesystem for node_id in self.quorate()]
        return {
            'hung': hung,
            'unanswered': [key for key in self.asked if key not in self.answers],
            'notSynced': [node_id for node_id in self.quorate() if not self.processes[node_id].filesystem.synced],
            'digests': len({filesystem.store.digest() for filesystem in quorate}),
            'refusedInTheEnd': [key for key in self.asked_quietly if self.answers.get(key) != ''],
            'acknowledged': sum(error == '' for error in self.answers.values()),
        }


class Process:
    def __init__(self, chaos, node_id):
        self.chaos = chaos
        self.node_id = node_id
        self.member = (node_id, next(chaos.pids))
        self.joined = False
        self.has_left = False
        self.inbox, self.kept = [], []
        self.filesystem = Filesystem(self, self.reply, lambda: chaos.now, lambda domain, level, text: None)

    def reply(self, key, answer):
        assert key not in self.chaos.answers, f'write {key} was answered twice'
        self.chaos.answers[key] = answer['error']

    def abort(self):
        """The clients of a process that died see a closed socket."""
        for key in set(self.filesystem.waiting.values()):
            self.chaos.answers.setdefault(key, 'ENOTCONN')

    def read(self):
        if self.inbox:
            kind, first, second = self.inbox.pop(0)
            if kind == 'quorum':
                self.filesystem.on_quorum(first)
            elif kind == 'confchg':
                self.filesystem.on_confchg(first, second)
            else:
                self.filesystem.on_message(first, second)

    # The port of the Filesystem.

    def open(self):
        return self.member

    def join(self):
        if self.has_left:
            return 14  # CS_ERR_EXIST, until the connection is made anew
        if self.chaos.busy[self.node_id]:
            return 6
        self.chaos.join(self)
        return 1

    def leave(self):
        if self.chaos.busy[self.node_id]:
            return 6
        self.chaos.leave(self)
        self.has_left = True
        return 1

    def close(self):
        self.chaos.leave(self)
        self.has_left = False

    def send(self, data):
        if not self.joined:
            return 9
        if self.chaos.busy[self.node_id]:
            return 6
        self.kept.append(data)
        return 1


if __name__ == '__main__':
    first, number, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    print(json.dumps([{'seed': seed, **Chaos(seed, kind).run()} for seed in range(first, first + number)]))

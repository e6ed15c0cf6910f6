"""A clock and a ring of paper.

The ring is virtually synchronous, as corosync's is: all members of a partition see the same messages and memberships in
the same order. Where corosync is not ready it accepts and keeps messages (gather) or answers TRY_AGAIN (sync).
"""

import heapq
from itertools import count

EPOCH_S = 1_000_000


class Clock:
    def __init__(self):
        self.now = float(EPOCH_S)
        self.events = []
        self.order = count()

    def __call__(self):
        return self.now

    def after(self, delay_s, action):
        heapq.heappush(self.events, (self.now + delay_s, next(self.order), action))

    def run(self, seconds):
        end = self.now + seconds
        while self.events and self.events[0][0] <= end:
            self.now, _, action = heapq.heappop(self.events)
            action()
        self.now = end


class Ring:
    """`states` maps a node id to 'operational', 'gather' (keeps what it is given) or 'sync' (answers TRY_AGAIN)."""

    def __init__(self, clock):
        self.clock = clock
        self.latency_s = 0.002
        self.partitions = []
        self.states = {}
        self.processes = {}  # node id -> Process, when it has joined
        self.kept = {}
        self.nodes = 0

    def send(self, process, data):
        if self.processes.get(process.node_id) is not process:
            return 9
        if self.states[process.node_id] == 'sync':
            return 6
        self.kept[process.node_id].append((process.member, data))
        self._flush(process.node_id)
        return 1

    def disturb(self, node_ids, state):
        for node_id in node_ids:
            self.states[node_id] = state

    def form(self, *partitions):
        """New memberships for all nodes named; the others keep what they have."""
        named = {node_id for partition in partitions for node_id in partition}
        before = {node_id: self.partition(node_id) for node_id in named}
        self.partitions = [rest for old in self.partitions if (rest := old - named)] + [frozenset(partition) for partition in partitions]
        for partition in partitions:
            for node_id in sorted(partition):
                self.states[node_id] = 'operational'
                process = self.processes.get(node_id)
                if process:
                    self.clock.after(self.latency_s, lambda process=process, size=len(partition): process.quorum(size * 2 > self.nodes))
                    self._tell(process, partition, joined=bool(set(partition) - before[node_id]))
        for node_id in sorted(named):
            self._flush(node_id)

    def join(self, process):
        if self.states[process.node_id] == 'sync':
            return 6
        self.processes[process.node_id] = process
        self.kept[process.node_id] = []
        partition = self.partition(process.node_id)
        process.quorum(len(partition) * 2 > self.nodes)
        for node_id in partition:
            if node_id in self.processes:
                self._tell(self.processes[node_id], partition, joined=True)
        return 1

    def leave(self, process):
        """Also what corosync says for a process that died."""
        if self.processes.pop(process.node_id, None):
            for node_id in self.partition(process.node_id):
                if node_id in self.processes:
                    self._tell(self.processes[node_id], self.partition(node_id), joined=False)
            self._tell(process, self.partition(process.node_id), joined=False)
        return 1

    def partition(self, node_id):
        return next((partition for partition in self.partitions if node_id in partition), frozenset([node_id]))

    def _tell(self, process, partition, joined):
        members = [self.processes[node_id].member for node_id in sorted(partition) if node_id in self.processes]
        self.clock.after(self.latency_s, lambda: process.note('confchg', members, joined))

    def _flush(self, node_id):
        if self.states[node_id] != 'operational':
            return
        kept, self.kept[node_id] = self.kept.get(node_id, []), []
        for sender, data in kept:
            for other in sorted(self.partition(node_id)):
                if other in self.processes:
                    process = self.processes[other]
                    self.clock.after(self.latency_s, lambda process=process, sender=sender, data=data: process.note('message', sender, data))

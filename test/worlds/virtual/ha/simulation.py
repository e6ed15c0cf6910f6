"""A cluster of stand-ins in virtual time: the daemons' own code, on a clock, a ring and a kernel watchdog of paper."""

import json
import os
import sys
from itertools import count

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), *['..'] * 4, 'src', 'worlds', 'virtual', 'ha'))

from cluster import Cluster  # noqa: E402
from crm import Crm  # noqa: E402
from filesystem import Filesystem  # noqa: E402
from lrm import Lrm  # noqa: E402
from multiplexer import TICK_S, WATCHDOG_TIMEOUT_S, Multiplexer  # noqa: E402
from ring import EPOCH_S, Clock, Ring  # noqa: E402


class Process:
    """pmxcfs of one node: the real Filesystem on the ring of paper."""

    pids = count(1000)

    def __init__(self, ring, node_id, log):
        self.ring = ring
        self.clock = ring.clock
        self.node_id = node_id
        self.member = (node_id, next(Process.pids))
        self.alive = True
        self.has_left = False
        self.tickets = {}
        self.filesystem = Filesystem(self, self._reply, self.clock, log)
        self._wake()

    def ask(self, request, then):
        ticket = object()
        self.tickets[ticket] = then
        self.filesystem.request(ticket, json.loads(json.dumps(request)))
        self._wake()
        return ticket

    def forget(self, ticket):
        self.tickets.pop(ticket, None)
        self.filesystem.forget(ticket)

    def quorum(self, quorate):
        if self.alive:
            self.filesystem.on_quorum(quorate)

    def note(self, kind, *arguments):
        if self.alive and self.filesystem.group:
            {'confchg': self.filesystem.on_confchg, 'message': self.filesystem.on_message}[kind](*arguments)
            self._wake()

    def kill(self):
        self.alive = False
        self.ring.leave(self)

    def lose_corosync(self):
        self.ring.leave(self)
        self.filesystem.on_disconnected(2)
        self._wake()

    # The port of the Filesystem.

    def open(self):
        return self.member

    def join(self):
        return 14 if self.has_left else self.ring.join(self)  # CS_ERR_EXIST, until the connection is made anew

    def leave(self):
        self.has_left = True
        return self.ring.leave(self)

    def send(self, data):
        return self.ring.send(self, data)

    def close(self):
        self.ring.leave(self)
        self.has_left = False

    def _reply(self, ticket, answer):
        then = self.tickets.pop(ticket, None)
        if then:
            self.clock.after(0, lambda: then(json.loads(json.dumps(answer))))

    def _wake(self):
        at = self.filesystem.next_wake()
        if at is not None:
            self.clock.after(max(0, at - self.clock.now), self._on_time)

    def _on_time(self):
        at = self.filesystem.next_wake()
        if self.alive and at is not None and at <= self.clock.now:
            self.filesystem.on_time()
            self._wake()


class Task:
    """Drives a daemon's generator."""

    def __init__(self, clock, process, generator):
        self.clock = clock
        self.process = process
        self.generator = generator
        self.alive = True
        self.ticket = None
        self._step(None)

    def stop(self):
        self.alive = False
        if self.ticket:
            self.process.forget(self.ticket)

    def _step(self, answer):
        self.ticket = None
        if not self.alive:
            return
        try:
            what, argument = self.generator.send(answer)
        except StopIteration:
            return
        if what == 'sleep':
            self.clock.after(argument, lambda: self._step(None))
        else:
            self.ticket = self.process.ask(argument, self._step)


class Host:
    """The machine as one daemon sees it; its watchdog is a client of the node's multiplexer."""

    def __init__(self, node, identifier):
        self.clock = node.clock
        self.log = lambda level, text: node.log(identifier, text)
        self.watchdog = self
        self.node = node
        self.pid = next(Process.pids)
        self.is_open = False
        self.status = None

    def open(self):
        self.is_open = True
        self.node.mux_event(self.node.mux.on_connect, self.pid, self.pid)
        self.log('info', 'watchdog active')

    def update(self):
        self.node.refreshed_at = self.clock.now
        self.node.mux_event(self.node.mux.on_data, self.pid, b'\0')

    def close(self):
        self.node.mux_event(self.node.mux.on_data, self.pid, b'V')
        self.node.mux_event(self.node.mux.on_hang_up, self.pid)
        self.is_open = False
        self.log('info', 'watchdog closed (disabled)')

    def die(self):
        """A kill closes the socket without the magic character."""
        self.node.mux_event(self.node.mux.on_hang_up, self.pid)

    def write_status(self, status):
        self.status = {**status, 'at': self.clock.now}


class Node:
    def __init__(self, world, node_id, lrm=True, crm=True, unlock=False):
        self.world = world
        self.clock = world.clock
        self.node_id = node_id
        self.name = f'pve{node_id}'
        self.refreshed_at = None
        self.reset_at = None
        self.mux_gone = False
        self.ticks = count(1)
        self.tick = 0
        self.fed_at = self.clock.now
        self.mux = Multiplexer(self._feed, lambda: None, lambda _: None, self.clock, lambda text: self.log('watchdog-mux', text))
        self.mux_event(lambda: True)
        self._watchdog()
        self.process = Process(world.ring, node_id, lambda domain, level, text: self.log('pmxcfs', f'[{domain}] {level}: {text}'))
        cluster = Cluster(self.name, {f'pve{other}': other for other in world.ids})
        self.lrm_host, self.crm_host = Host(self, 'pve-ha-lrm'), Host(self, 'pve-ha-crm')
        self.lrm = Lrm(self.lrm_host, self.name, lrm, unlock)
        self.crm = Crm(self.crm_host, cluster, crm)
        self.tasks = [Task(self.clock, self.process, daemon.run()) for daemon in (self.lrm, self.crm)]

    def log(self, identifier, text):
        self.world.journal.append({'at': round(self.clock.now - EPOCH_S, 3), 'node': self.node_id, 'who': identifier, 'text': text})

    def stop_daemons(self):
        """What SIGTERM does to both."""
        for task in self.tasks:
            task.stop()
        self.tasks = [Task(self.clock, self.process, daemon.stop()) for daemon in (self.lrm, self.crm)]

    def mux_event(self, event, *arguments):
        if self.mux_gone:
            return
        self._go_on(event(*arguments))

    def _go_on(self, going):
        if not going:
            self.mux_gone = True
            if not self.mux.leave():
                self._feed()  # the kernel pings once when a running watchdog is closed
            else:
                self.fed_at = None
            return
        self.tick = next(self.ticks)
        self.clock.after(TICK_S, lambda tick=self.tick: tick == self.tick and not self.mux_gone and self._go_on(self.mux.on_tick()))

    def _feed(self):
        self.fed_at = self.clock.now

    def _watchdog(self):
        if self.fed_at is None or self.reset_at is not None:
            return
        left = self.fed_at + WATCHDOG_TIMEOUT_S - self.clock.now
        if left > 1e-6:
            self.clock.after(left, self._watchdog)
        else:
            self._reset()

    def _reset(self):
        self.reset_at = self.clock.now
        self.log('kernel', 'reset')
        self.mux_gone = True
        for task in self.tasks:
            task.stop()
        self.process.kill()


class World:
    def __init__(self, size=3, **options):
        self.clock = Clock()
        self.ids = list(range(1, size + 1))
        self.journal = []
        self.ring = Ring(self.clock)
        self.ring.nodes = size
        self.ring.partitions = [frozenset(self.ids)]
        self.ring.states = dict.fromkeys(self.ids, 'operational')
        self.nodes = {node_id: Node(self, node_id, **options.get(f'node{node_id}', {})) for node_id in self.ids}

    @property
    def now(self):
        return self.clock.now - EPOCH_S

    def run(self, seconds):
        self.clock.run(seconds)

    def settle(self):
        """Runs until every LRM that wants a service holds its lock and there is a master; returns the seconds it took."""
        began = self.now
        while not (all(node.lrm.state == 'active' or not node.lrm.wanted for node in self.nodes.values()) and self.master()):
            self.run(0.5)
            if self.now - began > 300:
                raise TimeoutError('the cluster does not settle')
        self.run(15)
        return self.now - began - 15

    def master(self):
        return next((node.node_id for node in self.nodes.values() if node.crm.state == 'master'), None)

    def said(self, text, node=None, since=0):
        """Times of journal lines that contain the text."""
        return [entry['at'] for entry in self.journal if text in entry['text'] and entry['at'] >= since and node in (None, entry['node'])]

"""bondproof's agent: watches one node for one harness, changes nothing but the journal, where it leaves a line now and then, installs nothing, and ends with its standard input.

One loop wakes ten times a second. What only a tick reports is collected at the tick; what must be stamped when it happens
(pings, netlink) or stamps itself (the journal) wakes the loop by itself.
"""
import json
import os
import select
import sys
from _thread import start_new_thread  # threading's threads cost its import; these end with the process as well

import lrm
from frames import Frames
from journal import Journal
from probes import Probes
from rtnetlink import Listener, QdiscDrops
from slaves import Slaves
from speech import flush, say, say_soon, send, trouble, troubles_so_far
from stamps import boot_us, real_us

SEQ_WRAP = 1_000_000
TICKS_A_PACKET = 3  # what is said last before a reset is at most so old


class Lines:
    """Lines of standard input."""

    def __init__(self):
        self._rest = b''
        self.open = True

    def read(self):
        try:
            data = os.read(0, 65536)
        except ConnectionResetError:
            data = b''
        self.open = bool(data)
        *lines, self._rest = (self._rest + data).split(b'\n')
        return lines


class Agent:
    def __init__(self, config, libc):
        self.started_us = boot_us()
        self.listener = Listener()
        self.drops = QdiscDrops(self.listener)
        self.probes = Probes(config)
        self.frames = Frames(config)
        self.slaves = Slaves(config['slaves'])
        self.delivery = _delivery(config)
        self.boot_id = _first_line('/proc/sys/kernel/random/boot_id')
        self.journal = Journal(self.boot_id, libc)
        # A later life's numbers never meet an earlier one's, unless the wall clock is set back.
        self.seq = real_us() // 1000 // config['tickMs'] % SEQ_WRAP
        self.tick_us = config['tickMs'] * 1000
        self.echo_every = max(1, config['echoEveryMs'] // config['tickMs'])
        self.ticks = 0
        self.ticks_a_second = max(1, 1000 // config['tickMs'])

    def obey(self, line):
        try:
            order = json.loads(line)
            if order['order'] == 'ping':
                say('pong', id=order['id'])
            elif order['order'] == 'canary':
                self.frames.order_canary(order['nic'])
            elif order['order'] == 'burst':
                self.frames.order_burst(int(order['forMs']) * 1000)
            elif order['order'] == 'try-cable':
                self.frames.order_cable(order['nic'], order['frames'])
            else:
                trouble('order', f'not understood: {line[:200]!r}')
        except (ValueError, KeyError, TypeError):
            trouble('order', f'not understood: {line[:200]!r}')

    def tick(self):
        look_again = self.listener.links_changed or self.ticks % self.ticks_a_second == 0
        if look_again:
            self.listener.links_changed = False
            self.probes.mend()
            self.frames.mend()
            self.journal.mend()
        self.probes.receive()
        self.frames.receive()
        self.probes.send(self.seq)
        if self.frames.has_canary():
            self.frames.send_canary(self.seq)
        self.frames.try_cable()
        if self.ticks % self.echo_every == 0:
            self.journal.call()
        self.slaves.say_lacp(look_again)
        drops = self.drops.read(self.frames.has_canary() or self.ticks % max(1, self.ticks_a_second // 2) == 0)
        sent, refused, heard = self.frames.take()
        delivered, undelivered_ms = self.delivery.take() if self.delivery else ([], (boot_us() - self.started_us) // 1000)
        say_soon('tick', seq=self.seq, heard=self.probes.take(), canarySent=sent, canaryRefused=refused, canaryHeard=heard, delivered=delivered,
                 undeliveredMs=undelivered_ms, counters=self.slaves.counters(drops, self.frames.indexes(), look_again))
        if self.ticks % TICKS_A_PACKET == 0:
            send()
        self.seq = (self.seq + 1) % SEQ_WRAP
        self.ticks += 1

    def run(self, lines):
        next_us = boot_us()
        while lines.open:
            poll = select.poll()
            readers = {0: None, self.listener.fileno(): self.listener.receive, self.journal.fileno(): self.journal.receive}
            for fd in readers:
                if fd is not None:
                    poll.register(fd, select.POLLIN)
            for fd, _ in poll.poll(max(0, next_us - boot_us()) / 1000):
                if fd == 0:
                    for line in lines.read():
                        self.obey(line)
                else:
                    readers[fd]()
            now = boot_us()
            if now >= next_us:
                self.tick()
                # Absolute times; ticks that were slept through are left out, not made up for.
                next_us += self.tick_us * max(1, -((next_us - now) // self.tick_us))
            flush()


def main():
    lines = Lines()
    waiting = []
    while not waiting and lines.open:
        waiting = lines.read()
    if not waiting:
        return
    config = json.loads(waiting.pop(0))
    agent = Agent(config, _libc())
    try:
        start_new_thread(lrm.watch, (config['lrmStatus'],))
        say('hello', bootId=agent.boot_id, kernel=os.uname().release, python=sys.version.split()[0], pid=os.getpid(), problems=troubles_so_far())
        for line in waiting:
            agent.obey(line)
        agent.listener.dump_links()
        agent.run(lines)
    except BrokenPipeError:
        pass  # nobody listens any more
    finally:
        agent.journal.stop()


def _delivery(config):
    """python3-minimal has no ctypes."""
    try:
        from delivery import Delivery
        return Delivery(config['nodeId'], config['messageEveryMs'])
    except ImportError as error:
        trouble('ordered delivery', error)
        return None


def _libc():
    try:
        import ctypes
        return ctypes.CDLL(None)
    except ImportError:
        return None


def _first_line(path):
    with open(path, encoding='ascii') as file:
        return file.readline().strip()

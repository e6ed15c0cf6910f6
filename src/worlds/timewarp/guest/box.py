"""The lab's box: first program of the kernel whose time travels. It lays the cables, boots the nodes and resets them, and runs what it is told on them.

It speaks in frames (../frames.ts), in a file of the host for each turn, and sleeps until its own turn; the answer is in a file, too. Files of the host are
read and written within a system call (fs/hostfs), so what is said, and when, does not depend on the host; the input of a terminal would be an interrupt.
"""

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from root import become  # noqa: E402
from watchdog import Watchdog  # noqa: E402

HEAD = struct.Struct('<cII')
# What commands have written more than this waits in their pipes for the next turn.
PIECE, LIMIT = 65536, 262144
GROUPS = '/run/groups'
# What one kernel has for all nodes, and is made for one: each has four or five inotify instances (inotify(7)) and an entry for each peer (arp(7)). The
# usual 128 are all taken with 20 nodes, and from 128 entries on the kernel removes old ones.
SHARED = {'fs/inotify/max_user_instances': 8192} | {f'net/{family}/neigh/default/gc_thresh{step}': 4096 << step for family in ('ipv4', 'ipv6') for step in (3, 2, 1)}
MS = 1_000_000
# So long before our turn is over we begin to say what there is to say: while the kernel is free yet, each look at a clock costs nothing.
SPEECH_NS = 300_000
# The least time from our last word to our turn: the kernel must ask its calendar within it, for that is when the other side hears us.
SLEEP_NS = 50_000


def read_text(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def write_text(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def now_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def next_turn(now):
    """Only at a whole millisecond does the kernel ask its calendar (../conductor.ts, nextMs)."""
    return (now + SPEECH_NS + MS - 1) // MS * MS


class Post:
    """What is said and answered, in a folder of the host: turn by turn a file each way."""

    def __init__(self, folder):
        self.folder = folder
        self.turn = 0
        self.frames = []

    def say(self, kind, stream, body=b''):
        self.frames.append(HEAD.pack(kind, stream, len(body)) + body)

    def send(self):
        """The file has its name when all of it is there. Who reads it removes it."""
        self.turn += 1
        part = f'{self.folder}/said'
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(fd, b''.join(self.frames))
        os.close(fd)
        os.rename(part, f'{self.folder}/said-{self.turn}')
        self.frames = []

    def answer(self):
        fd = os.open(f'{self.folder}/orders-{self.turn}', os.O_RDONLY)
        data = b''
        while piece := os.read(fd, 1 << 20):
            data += piece
        os.close(fd)
        return frames_in(data)


def frames_in(data):
    frames, at = [], 0
    while at < len(data):
        kind, stream, length = HEAD.unpack_from(data, at)
        at += HEAD.size + length
        frames.append((kind, stream, data[at - length:at]))
    return frames


class Stream:
    """A command that runs: its process, and its three pipes."""

    def __init__(self, number, child, node):
        self.number, self.child, self.node = number, child, node
        self.input = b''
        self.input_ends = self.held = False
        for pipe in (child.stdin, child.stdout, child.stderr):
            os.set_blocking(pipe.fileno(), False)

    def outputs(self):
        return [] if self.held else self.open()

    def open(self):
        return [pipe for pipe in (self.child.stdout, self.child.stderr) if not pipe.closed]

    def kill(self):
        """Whatever it has started, too: it began a process group."""
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has ended

    def feed(self):
        """Writes what the command takes. One that has ended takes nothing."""
        stdin = self.child.stdin
        if stdin.closed:
            self.input = b''
            return
        try:
            while self.input:
                self.input = self.input[os.write(stdin.fileno(), self.input[:65536]):]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.input, self.input_ends = b'', True
        if self.input_ends:
            stdin.close()


class Box:
    def __init__(self, post, nodes):
        self.post, self.nodes = post, nodes
        self.streams = {}
        self.said = 0

    def start(self, number, order):
        """Runs a command on a node, in its namespaces, with the surroundings of a session."""
        node = self.nodes[order['node']]
        if not node.reachable():
            self.post.say(b'Z', number, json.dumps({'code': None}).encode())  # nothing was started
            return
        child = subprocess.Popen(node.enter(order['argv']), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=node.environment(), start_new_session=True)
        self.streams[number] = Stream(number, child, node)

    def obey(self, kind, number, body):
        stream = self.streams.get(number)
        if kind == b'S':
            self.start(number, json.loads(body))
        elif kind == b'R':
            self.nodes[json.loads(body)['node']].reset()
        elif stream and kind == b'I':
            stream.input += body
            stream.feed()
        elif stream and kind == b'E':
            stream.input_ends = True
            stream.feed()
        elif stream and kind == b'K':
            stream.kill()
        elif stream and kind == b'H':
            stream.held = body == b'1'

    def collect(self):
        """Says what became of nodes, what commands have written and how they ended, as far as it fits. A node's death first: it is how its commands ended."""
        for node in self.nodes.values():
            for event in node.events():
                self.post.say(b'N', 0, json.dumps(event).encode())
        readable = set(self.readable([pipe for stream in self.streams.values() for pipe in stream.outputs()]))
        for stream in list(self.streams.values()):
            for pipe in stream.outputs():
                while pipe in readable and self.said < LIMIT:
                    try:
                        data = os.read(pipe.fileno(), PIECE)
                    except BlockingIOError:
                        break
                    if not data:
                        pipe.close()
                        break
                    self.said += len(data)
                    self.post.say(b'O' if pipe is stream.child.stdout else b'X', stream.number, data)
            if not stream.open() and stream.child.poll() is not None:
                self.said += 1
                self.post.say(b'Z', stream.number, json.dumps({'code': stream.child.returncode}).encode())
                if not stream.child.stdin.closed:
                    stream.child.stdin.close()
                del self.streams[stream.number]

    def turn(self, at):
        """Ours ends at `at`: says so before, and obeys then. Returns until when to go on, and whether to stop at the first word."""
        said = now_ns()
        if at - said < SLEEP_NS:
            at = next_turn(said)
        self.post.say(b'T', 0, struct.pack('<qq', at, said))
        self.post.send()
        self.said = 0
        time.sleep((at - said) / 1e9)
        go = None
        for kind, number, body in self.post.answer():
            if kind == b'G':
                go = struct.unpack('<q?', body)
            else:
                self.obey(kind, number, body)
        return go

    def readable(self, pipes):
        """Those with something in them, or whose other end is closed: one look at all of them."""
        poll = select.poll()
        of = {pipe.fileno(): pipe for pipe in pipes}
        for fd in of:
            poll.register(fd, select.POLLIN)
        return [of[fd] for fd, _ in poll.poll(0)]

    def serve(self, until):
        """Looks at a clock once for each round: each look takes time, and one at the end of our freedom asks the calendar."""
        at_once = False
        readable = []
        now = now_ns()
        while True:
            for node in self.nodes.values():
                node.tick(now, readable)
            if now >= until - SPEECH_NS:
                self.collect()
                until, at_once = self.turn(max(until, next_turn(now) if now >= until else 0))
                readable = []
            elif at_once and (any(fd not in self.devices() for fd in readable) or any(node.told for node in self.nodes.values()) or self.has_ended()):
                until, at_once = min(until, next_turn(now)), False
            # What is written while nobody shall hear it yet waits in its pipe.
            watched = [pipe for stream in self.streams.values() for pipe in stream.outputs()] if at_once else []
            full = [stream.child.stdin for stream in self.streams.values() if stream.input and not stream.child.stdin.closed]
            now = now_ns()
            left_s = max(0, min([until - SPEECH_NS, *(node.due_ns() for node in self.nodes.values())]) - now) / 1e9
            # A command may end without a word more: its end is looked for every 10 ms while somebody waits.
            ending = at_once and any(not stream.open() for stream in self.streams.values())
            readable, writable, _ = select.select([*watched, *self.devices()], full, [], min(left_s, 0.01) if ending else left_s)
            for stream in self.streams.values():
                if stream.child.stdin in writable:
                    stream.feed()
            now = now_ns()

    def devices(self):
        return [fd for node in self.nodes.values() for fd in (node.watchdog.fd, node.pidfd) if fd is not None]

    def has_ended(self):
        return any(not stream.open() and stream.child.poll() is not None for stream in self.streams.values())


class Node:
    """A machine of the lab: namespaces of its own, with systemd in them. Its disk is what lies over the common root; a reset leaves it as it was."""

    RESET_NS = 2_000_000_000  # a board's time from reset to its kernel, as in the virtual world

    def __init__(self, config):
        self.config, self.name = config, config['name']
        self.place = f'/run/lab/{self.name}'
        self.pid = self.pidfd = None
        self.boots_at = None
        self.starts = 0
        self.told = []
        self.cables = []
        os.makedirs(self.place)
        self.watchdog = Watchdog(f'watchdog-{self.name}')
        while not self.watchdog.device:
            select.select([self.watchdog.fd], [], [])
            self.watchdog.answer()

    def begin(self):
        """Makes the namespaces; nothing runs in them until `go`."""
        self.boots_at = None
        self.starts += 1
        write_text(f'{self.place}/boot_id', read_text('/proc/sys/kernel/random/uuid'))
        self.group = f'{GROUPS}/{self.name}-{self.starts}'
        os.mkdir(self.group)
        self.ready, self.gone = os.pipe(), os.pipe()
        self.outer = os.fork()
        if self.outer == 0:
            try:
                # Its systemd takes what it finds for the root of all control groups.
                write_text(f'{self.group}/cgroup.procs', '0')
                os.unshare(os.CLONE_NEWNS | os.CLONE_NEWUTS | os.CLONE_NEWIPC | os.CLONE_NEWNET | os.CLONE_NEWPID | os.CLONE_NEWCGROUP)
                os.write(self.ready[1], b'.')
                os.read(self.gone[0], 1)
                inner = os.fork()
                if inner:
                    os.write(self.ready[1], struct.pack('<i', inner))
                    os._exit(0)
                os.setsid()
                become(self.place, self.name, self.config['files'], [int(number) for number in self.watchdog.device.split(':')])
            except OSError:
                traceback.print_exc()  # in the kernel's log
            finally:
                os._exit(1)
        os.read(self.ready[0], 1)
        self.pid = self.outer
        # The boot script wants a NIC for management; nobody is reached over it.
        run_lines('ip', [f'link add vec0 netns {self.pid} type dummy'])

    def go(self):
        os.write(self.gone[1], b'.')
        self.pid = struct.unpack('<i', os.read(self.ready[0], 4))[0]
        os.waitpid(self.outer, 0)
        self.pidfd = os.pidfd_open(self.pid)
        for fd in (*self.ready, *self.gone):
            os.close(fd)
        self.told.append({'node': self.name, 'event': 'started', 'starts': self.starts})

    def patch(self, vec, nic):
        """Joins a cable that is new to the transceiver of a NIC: what the boot script did to the one before."""
        enter = ['nsenter', '-t', str(self.pid), '-n', '--']
        run_lines('ip', [f'link set {vec} addrgenmode none', f'link set {vec} up promisc on'], enter)
        run_lines('tc', [f'qdisc add dev {vec} clsact', f'filter add dev {vec} ingress matchall action mirred egress redirect dev {nic}-phy',
                         f'filter del dev {nic}-phy ingress', f'filter add dev {nic}-phy ingress matchall action mirred egress redirect dev {vec}'], enter)

    def reset(self):
        """As the power goes: all its processes at once, its namespaces with them."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)

    def reachable(self):
        return self.pid is not None and os.path.exists(self.path('run/bondproof-reachable'))

    def enter(self, argv):
        return ['nsenter', '-t', str(self.pid), '-m', '-u', '-i', '-n', '-p', '-C', '--', *argv]

    def environment(self):
        return {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root', 'USER': 'root', 'LANG': 'C.UTF-8', 'LC_ALL': 'C'}

    def tick(self, now, readable):
        if self.watchdog.fd in readable:
            self.watchdog.answer()
        if self.watchdog.due_ns() <= now:
            self.fire()
        if self.pidfd is not None and self.pidfd in readable:
            os.close(self.pidfd)
            self.pid = self.pidfd = None
            self.watchdog.stop()
            for folder, _folders, _files in os.walk(self.group, topdown=False):
                os.rmdir(folder)
            # The kernel takes its time to clear a namespace away, and until then the other ends would have carrier, and their names be taken.
            for cable in self.cables:
                cable.cut(cable.other(self))
            self.boots_at = now + self.RESET_NS
            self.told.append({'node': self.name, 'event': 'died'})
        if self.boots_at is not None and now >= self.boots_at:
            self.begin()
            for cable in self.cables:
                other = cable.other(self)
                if other.pid is not None:
                    cable.lay()
                    other.patch(*cable.end(other))
            self.go()

    def fire(self):
        """What softdog_fire does (drivers/watchdog/softdog.c), by the options that the HA stand-in loaded it with."""
        self.watchdog.stop()
        if 'soft_noboot=1' not in read_text(self.path('dev/softdog-options')):
            self.told.append({'node': self.name, 'event': 'fired'})
            self.reset()
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.sendto(b'<2>kernel: softdog: Triggered - Reboot ignored', self.path('run/systemd/journal/dev-log'))

    def path(self, name):
        return os.path.join(f'/proc/{self.pid}/root', name)

    def due_ns(self):
        return min(self.watchdog.due_ns(), self.boots_at if self.boots_at is not None else 1 << 62)

    def events(self):
        told, self.told = self.told, []
        return told


class Cable:
    """A pair of interfaces, one in each of two machines: [machine, interface, NIC]. It is gone when one of the two is."""

    def __init__(self, ends):
        self.ends = ends
        for machine, _vec, _nic in ends:
            machine.cables.append(self)

    def lay(self):
        (one, here, _), (two, there, _) = self.ends
        run_lines('ip', [f'link add {here} netns {one.pid} type veth peer name {there} netns {two.pid}'])

    def cut(self, machine):
        """Takes it away from a machine that lives, whether or not the kernel has done so."""
        vec, _nic = self.end(machine)
        if machine.pid is not None:
            subprocess.run(['nsenter', '-t', str(machine.pid), '-n', '--', 'ip', 'link', 'del', vec], stderr=subprocess.DEVNULL, check=False)

    def other(self, machine):
        return next(each for each, _vec, _nic in self.ends if each is not machine)

    def end(self, machine):
        return next((vec, nic) for each, vec, nic in self.ends if each is machine)


def run_lines(program, lines, enter=()):
    done = subprocess.run([*enter, program, '-batch', '-'], input='\n'.join(lines) + '\n', text=True, capture_output=True, check=False)
    if done.returncode:
        raise OSError(f'{program}: {"; ".join(lines)}: {done.stderr.strip()}')


def main():
    write_text('/proc/self/timerslack_ns', '1')  # a microsecond is one (PR_SET_TIMERSLACK, prctl(2))
    # Before everybody else: what is due at the same instant would look at clocks first, and each look takes time.
    os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(99))
    config = json.loads(read_text(sys.argv[1]))
    post = Post(os.path.dirname(sys.argv[1]))
    # Before anybody else is there: the other side learns how far the kernel's time is ahead of our clock.
    until, _ = Box(post, {}).turn(next_turn(now_ns()))
    for name, value in SHARED.items():
        write_text(f'/proc/sys/{name}', str(value))
    os.mkdir(GROUPS)
    subprocess.run(['mount', '-t', 'cgroup2', '-o', 'nosuid,nodev,noexec', 'groups', GROUPS], check=True)
    nodes = {each['name']: Node(each) for each in config['machines']}
    cables = [Cable([(nodes[name], vec, nic) for name, vec, nic in ends]) for ends in config['cables']]
    for node in nodes.values():
        node.begin()
    for cable in cables:
        cable.lay()
    for node in nodes.values():
        node.go()
    Box(post, nodes).serve(until)


main()

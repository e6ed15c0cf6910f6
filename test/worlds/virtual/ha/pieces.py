"""Small pieces of the stand-in, each tried by itself: `python3 pieces.py NAME` prints JSON."""

import json
import os
import sys
import tempfile

import simulation  # noqa: F401  (finds the sources)
import softdog
from client import drive
from cluster import parse_nodes
from lock import Lock
from multiplexer import Multiplexer
from store import Store


class Clock:
    now = 1000

    def __call__(self):
        return self.now


def nodes():
    """Of a corosync.conf as pvecm writes it, the order of its keys included."""
    return parse_nodes("""logging {
  debug: off
}

nodelist {
  node {
    name: pve1
    nodeid: 1
    quorum_votes: 1
    ring0_addr: 10.0.0.1
  }
  # node { name: gone
  node {
    nodeid: 7
    name: pve-seven
    ring0_addr: fd00::7
  }
}

totem {
  cluster_name: lab
  interface {
    linknumber: 0
  }
  version: 2
}
""")


def locks():
    """What one store says to one request after another; `clock` is local, `at` came with the message."""
    clock = Clock()
    store = Store(clock)
    said = []

    def apply(writer, at=None, **change):
        said.append(store.apply(change, writer, at or clock.now))

    apply(1, op='mkdir', lock='a')
    apply(2, op='mkdir', lock='a')
    apply(2, op='utime', lock='a', mtime=1005)
    apply(1, op='utime', lock='a', mtime=990)
    apply(1, op='utime', lock='a', mtime=1005)
    apply(1, op='utime', lock='b', mtime=1005)
    old = store.lock('a')
    expired = []
    for seconds in (0, 120, 121):
        clock.now = 1000 + seconds
        expired.append(store.expired('a'))
    apply(1, op='utime', lock='a', mtime=1121)
    expired.append(store.expired('a'))
    apply(3, op='unlock', lock='a', was=old)
    apply(3, op='unlock', lock='a', was=store.lock('a'))
    apply(2, op='mkdir', lock='a')
    return {'said': said, 'expired': expired, 'version': store.data['version'], 'writer': store.lock('a')['writer']}


def tries():
    """How often, and when, a lock is tried whose refresh is refused, and how long a refresh that takes 3 s each time."""
    def run(seconds_a_call):
        clock = Clock()
        clock.now = 5000
        calls, lines = [], []

        class Pmxcfs:
            def call(self, request):
                calls.append([clock.now - 5000, request['op']])
                clock.now += seconds_a_call
                return {'error': 'EACCES'}

        lock = Lock('ha_agent_pve1_lock', clock, lambda level, text: lines.append([level, text]))
        lock.held, lock.taken_at = True, 4990
        generator = lock.keep_trying()
        answer = None
        try:
            while True:
                what, argument = generator.send(answer)
                if what == 'sleep':
                    clock.now += argument
                    answer = None
                else:
                    answer = Pmxcfs().call(argument)
        except StopIteration as end:
            return {'calls': calls, 'lines': lines, 'got': end.value}

    return [run(0), run(3)]


def multiplexer():
    """All wordings: one client is late and comes back, one stays away; then one says goodbye; then one does not."""
    runs = []
    for story in ('saved', 'expired', 'clean', 'unclean', 'terminated'):
        clock = Clock()
        lines, fed, synced, marks = [], [], [], []
        mux = Multiplexer(lambda: fed.append(clock.now), lambda: synced.append(clock.now), marks.append, clock, lines.append)
        mux.on_connect('a', 4408)
        ends = None
        for second in range(1, 75):
            clock.now = 1000 + second
            if (story, second) == ('saved', 55):
                mux.on_data('a', b'\0')
            if second == 3 and story in ('clean', 'unclean'):
                mux.on_data('a', b'\0V' if story == 'clean' else b'V\0')
                mux.on_hang_up('a')
            going = mux.on_terminate() if story == 'terminated' and second == 5 else mux.on_tick()
            if not going:
                ends = second
                break
        runs.append({'story': story, 'lines': lines, 'lastFed': fed[-1] - 1000, 'synced': len(synced), 'ends': ends, 'clean': None if ends is None else mux.leave(), 'marks': marks})
    return runs


def watchdogs():
    """Which device is softdog, with and without CONFIG_WATCHDOG_SYSFS; and the options it was loaded with."""
    found = []
    for devices in ({'watchdog0': 'iTCO_wdt', 'watchdog1': 'Software Watchdog'}, {'watchdog0': 'iTCO_wdt'}, {'watchdog1': None}, {}):
        with tempfile.TemporaryDirectory() as root:
            for name, identity in devices.items():
                os.makedirs(f'{root}/devices/virtual/{name}')
                os.makedirs(f'{root}/class', exist_ok=True)
                os.symlink(f'{root}/devices/virtual/{name}', f'{root}/class/{name}')
                if identity:
                    with open(f'{root}/devices/virtual/{name}/identity', 'w', encoding='utf-8') as file:
                        file.write(identity + '\n')
            found.append(softdog.find(f'{root}/class'))
    line = '6,311,9,-;softdog: initialized. soft_noboot={} soft_margin=10 sec soft_panic={} (nowayout={})'
    messages = [line.format(0, 1, 0), line.format(1, 0, 0), '6,312,9,-;softdog:              soft_reboot_cmd=<not set> soft_active_on_boot=0']
    return {'found': found, 'loaded': softdog.loaded_options(messages), 'silent': softdog.loaded_options(['6,1,1,-;Linux'])}


def preparations():
    """What is run so that softdog has the options of a mode."""
    line = '6,1,1,-;softdog: initialized. soft_noboot=0 soft_margin=10 sec soft_panic=1 (nowayout={})'
    results = []
    for mode, loaded, device, codes in (
        ('armed', [line.format(0)], 'watchdog1', {}),
        ('idle', [line.format(0)], 'watchdog1', {}),
        ('armed', [line.format(1)], 'watchdog1', {}),
        ('rehearse', [line.format(0)], 'watchdog1', {}),
        ('armed', [], None, {}),
        ('armed', [line.format(1)], 'watchdog1', {'-r': 1}),
    ):
        ran, disarmed = [], []
        devices = [device, 'watchdog1']
        softdog.find = lambda devices=devices: devices.pop(0)
        softdog.kernel_messages = lambda loaded=loaded: loaded
        softdog.disarm = disarmed.append

        def run(argv, ran=ran, codes=codes):
            ran.append(' '.join(argv[1:]))
            return codes.get(argv[1], 0)

        try:
            end = softdog.prepare(mode, run)
        except SystemExit as problem:
            end = str(problem)
        results.append({'mode': mode, 'ran': ran, 'disarmed': disarmed, 'end': end})
    return results


def played():
    """What a lab that plays the watchdog reads when each mode is prepared; nothing is run for it."""
    read = []
    with tempfile.NamedTemporaryFile() as file:
        softdog.PLAYED = file.name
        softdog.find = lambda: 'watchdog0'
        for mode in ('armed', 'rehearse', 'idle'):
            device = softdog.prepare(mode, lambda argv: read.append(argv))
            with open(file.name, encoding='utf-8') as options:
                read.append([mode, device, options.read()])
    return read


def order():
    """Drives a daemon that makes one call to a file system that is not there."""
    answers = []

    def daemon():
        answers.append((yield 'call', {'op': 'status'}))

    from client import Pmxcfs
    drive(daemon(), Pmxcfs('/nonexistent/pmxcfs.sock'))
    return answers


if __name__ == '__main__':
    print(json.dumps(globals()[sys.argv[1]]()))

"""What /sys knows of the slaves: counters, carrier, and the LACP bits, of which netlink tells no change."""
import os
from errno import EINVAL

from speech import say


class Fact:
    """A file of /sys that stays open: to read it again is one system call."""

    def __init__(self, path):
        self._path = path
        self._fd = None

    def read(self):
        """The number in it; None when there is none, or no file at the moment."""
        try:
            if self._fd is None:
                self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            return int(os.pread(self._fd, 64, 0))
        except ValueError:
            return None  # "N/A": the bond does not speak LACP
        except OSError as error:
            # EINVAL: the carrier of an interface that is down. Anything else: the file is gone, and may come back.
            if error.errno != EINVAL and self._fd is not None:
                os.close(self._fd)
                self._fd = None
            return None


class Counters:
    """/proc/net/dev has those of all interfaces in one system call."""

    def __init__(self):
        self._fd = os.open('/proc/net/dev', os.O_RDONLY | os.O_CLOEXEC)

    def read(self):
        """By interface: (tx_packets, rx_packets)."""
        lines = os.pread(self._fd, 65536, 0).decode().split('\n')[2:-1]
        rows = {}
        for line in lines:
            name, _, numbers = line.partition(':')
            fields = numbers.split()
            rows[name.strip()] = (int(fields[9]), int(fields[1]))
        return rows


class Slaves:
    def __init__(self, names):
        self._counters = Counters()
        self._carriers = {}
        self._last_carrier = {}
        self._lacp = {}
        for name in names:
            base = f'/sys/class/net/{name}'
            self._carriers[name] = Fact(f'{base}/carrier')
            self._lacp[name] = [Fact(f'{base}/bonding_slave/ad_{side}_oper_port_state') for side in ('actor', 'partner')]
        self._bits = {}

    def counters(self, drops, indexes, carriers_too):
        """By slave: tx, rx, drops of its qdisc, carrier. A carrier is read anew when `carriers_too`, which a change of any link asks for."""
        if carriers_too:
            self._last_carrier = {name: fact.read() for name, fact in self._carriers.items()}
        known = self._counters.read()
        # A slave that is not there has no row.
        return {name: (*known[name], drops.get(indexes.get(name)), self._last_carrier.get(name)) for name in self._carriers if name in known}

    def say_lacp(self, all_of_them):
        """Slaves that had no bits the last time are looked at only when `all_of_them` is asked for."""
        for name, (actor, partner) in self._lacp.items():
            if name not in self._bits and not all_of_them:
                continue
            bits = (actor.read(), partner.read())
            if None in bits:
                self._bits.pop(name, None)
            elif bits != self._bits.get(name):
                self._bits[name] = bits
                say('lacp', slave=name, actor=bits[0], partner=bits[1])

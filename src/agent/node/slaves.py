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


class Slaves:
    def __init__(self, names):
        self._counters = {}
        self._lacp = {}
        for name in names:
            base = f'/sys/class/net/{name}'
            self._counters[name] = [Fact(f'{base}/{file}') for file in ('statistics/tx_packets', 'statistics/rx_packets', 'carrier')]
            self._lacp[name] = [Fact(f'{base}/bonding_slave/ad_{side}_oper_port_state') for side in ('actor', 'partner')]
        self._bits = {}

    def counters(self, drops, indexes):
        """By slave: tx, rx, netem's drops, carrier."""
        rows = {}
        for name, facts in self._counters.items():
            tx, rx, carrier = (fact.read() for fact in facts)
            if tx is not None and rx is not None:  # a slave that is not there has no row
                rows[name] = (tx, rx, drops.get(indexes.get(name)), carrier)
        return rows

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

"""A fault that the kernel itself lifts: frames that a card is about to send go to a sink while an element of a set is there.

The element has a timeout (nft(8), SETS: flags timeout), so it goes after the lease although no program runs here any more. The table has
an owner (nft(8), TABLES: flags owner): it goes with nft's netlink socket, and nobody else can change it. The sink goes with our file
descriptor. So there is nothing to undo, whatever ends or freezes whom.

Never a verdict of drop: the sender would see it as ENOBUFS (IP_RECVERR; bonding passes NET_XMIT_DROP up since commit ae46f184bc1f), and a
card that fell silent says nothing. A frame that was forwarded is NF_STOLEN, which is success (include/linux/netfilter_netdev.h,
nf_hook_egress). Never an ifb as sink: it puts the frames back on their way.
"""
import fcntl
import os
import socket
import struct

SINK = 'bondproof-sink'
ANSWER_S = 5  # a look-up in the kernel; a loaded virtual machine needs a second to start nft
# nft says nothing when all is well, so this question follows each order: its answer is always the same and needs no kernel.
MARK, MARKED = 'describe meta iifname', b'meta expression, datatype ifname'


class Lease:
    """Made without an effect. Each method gives [exit code, what nft said]."""

    def __init__(self, nic):
        self.nic = nic
        self.silenced = nic
        self.applied = False
        self.sink = _open_sink()
        self.nft, theirs = socket.socketpair()
        self.nft.settimeout(ANSWER_S)
        with theirs:
            # When we are killed, the kernel kills nft even where it is stopped, and so cannot see the end of its input.
            os.posix_spawnp('setpriv', ['setpriv', '--pdeathsig', 'KILL', 'nft', '-i'], os.environ, file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs.fileno(), fd) for fd in (0, 1, 2)])

    def stage(self):
        # At egress the card is the packet's output device and there is no input device: with iifname the rule would never match.
        return self._ask(
            'create table netdev bondproof { flags owner; }; '
            'add set netdev bondproof lease { type ifname; flags timeout; }; '
            f'add chain netdev bondproof out {{ type filter hook egress device "{self.nic}" priority -500; }}; '
            f'add rule netdev bondproof out oifname @lease counter fwd to "{SINK}"')

    def apply(self, lease_ms, loss='100%'):
        """At 0 % all is done as at 100 %, and what the lease names is nothing that leaves by this card."""
        self.silenced = self.nic if loss == '100%' else SINK
        answer = self._ask(f'flush set netdev bondproof lease; {self._add(lease_ms)}')
        self.applied = answer[0] == 0
        return answer

    def renew(self, lease_ms):
        """One transaction, so no frame slips through; and it fails when the lease was over, so what was lifted stays lifted."""
        return self._ask(f'delete element netdev bondproof lease {{ "{self.silenced}" }}; {self._add(lease_ms)}') if self.applied else [0, '']

    def _add(self, lease_ms):
        return f'add element netdev bondproof lease {{ "{self.silenced}" timeout {lease_ms}ms }}'

    def _ask(self, order):
        self.nft.sendall(f'{order}\n{MARK}\n'.encode())
        said = b''
        while not (MARKED in said and said.endswith(b'\n')):
            more = self.nft.recv(65536)
            if not more:
                return [1, f'nft is gone: {said.decode(errors="replace").strip()}']
            said += more
        said = said[:said.index(MARKED)].decode(errors='replace').strip()
        return [1 if said else 0, said]


def _open_sink():
    """A tap that is never up, so its queue discards what it is given (net/sched/sch_generic.c, noop_enqueue); it goes with its descriptor."""
    sink = os.open('/dev/net/tun', os.O_RDWR | os.O_CLOEXEC)
    # linux/if_tun.h: TUNSETIFF with IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL; TUNSETCARRIER 0, so that it discards although somebody sets it up.
    fcntl.ioctl(sink, 0x400454CA, struct.pack('16sH22x', SINK.encode(), 0x0002 | 0x1000 | 0x8000))
    fcntl.ioctl(sink, 0x400454E2, struct.pack('i', 0))
    return sink

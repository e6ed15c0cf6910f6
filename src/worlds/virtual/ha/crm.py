"""The stand-in of pve-ha-crm: the nodes elect a master by the manager lock, and the master manages (PVE/HA/CRM.pm)."""

from lock import Lock, sleep_until
from manager import Manager

MASTER_S, POLL_S = 10, 5  # work()
SLAVE_S = 4
IDLE_ROUNDS = 90  # CRM.pm: about fifteen minutes without a service
MANAGER_LOCK = 'ha_manager_lock'


class Crm:
    """`host` as for the LRM. A CRM that is not `wanted` never takes the lock and never opens a watchdog.

    One thing is slower than PVE: a slave asks for the lock every four seconds, where PVE asks every second, so a new
    master comes up to four seconds later. All slaves ask at the same moments, those of every other message of ordered delivery
    (harness/observer.ts): each message has corosync's token go round thirty times, which is most of what 32 nodes cost a machine.
    """

    def __init__(self, host, cluster, wanted):
        self.host = host
        self.cluster = cluster
        self.wanted = wanted
        self.clock = host.clock
        self.lock = Lock(MANAGER_LOCK, host.clock, host.log)
        self.manager = None
        self.idle_rounds = 0
        self.state = 'startup'
        self._become('wait_for_quorum')

    def run(self):
        while True:
            yield from {
                'wait_for_quorum': self._wait,
                'slave': self._serve,
                'master': self._master,
                'lost_manager_lock': self._lost,
            }[self.state]()

    def stop(self):
        """A clean end: the watchdog is closed and the lock given back, so that another node is master at once."""
        self.host.log('info', 'server received shutdown request')
        if self.host.watchdog.is_open:
            self.host.watchdog.close()
        if self.lock.held:
            self.host.log('info', 'voluntary release CRM lock')
            if not (yield from self.lock.release()):
                self.host.log('notice', 'CRM lock release failed, let the lock timeout')
        self.host.log('info', 'server stopped')

    def _wait(self):
        if (yield from self._may_be_active()):
            yield from self._elect('slave')
        if self.state == 'wait_for_quorum':
            yield 'sleep', POLL_S

    def _serve(self):
        yield 'sleep', SLAVE_S - self.clock() % SLAVE_S
        if (yield from self._may_be_active()):
            yield from self._elect('slave')
        else:
            self._become('wait_for_quorum')

    def _elect(self, otherwise):
        """The first try asks for an expired lock to be removed, so a second one follows shortly."""
        if not (yield from self.lock.take()):
            yield 'sleep', 1
            if not (yield from self.lock.take(ask=False)):
                self._become(otherwise)
                return
        self._feed_watchdog()
        answer = yield 'call', {'op': 'read', 'key': 'manager_status'}
        self.manager = Manager(self.host, self.cluster, answer.get('value'))
        self._become('master')

    def _master(self):
        """The round that begins with the election has its lock already, so it goes on to manage."""
        began = int(self.clock())
        count = yield from self.manager.manage()
        self.idle_rounds = 0 if count else self.idle_rounds + 1
        yield from sleep_until(self.clock, began + MASTER_S)
        if self.idle_rounds >= IDLE_ROUNDS:
            yield from self._go_idle()
        elif (yield from self.lock.keep_trying()):
            self._feed_watchdog()
        else:
            self._become('lost_manager_lock')

    def _lost(self):
        """A master without its lock closes its watchdog: losing quorum with only a CRM active fences nobody."""
        self.manager = None
        if self.host.watchdog.is_open:
            self.host.watchdog.close()
        self._become('wait_for_quorum')
        yield from ()

    def _go_idle(self):
        self.host.log('info', f'cluster had no service configured for {IDLE_ROUNDS} rounds, going idle.')
        self.manager = None
        self.idle_rounds = 0
        self.host.watchdog.close()
        yield from self.lock.release()
        self._become('wait_for_quorum')

    def _may_be_active(self):
        """can_get_active(): with quorum, with services to manage, and with none of this node's waiting to be fenced."""
        if not self.wanted:
            return False
        status = yield 'call', {'op': 'status'}
        if not status.get('quorate'):
            return False
        answer = yield 'call', {'op': 'read', 'key': 'manager_status'}
        services = ((answer.get('value') or {}).get('service_status') or {}).values()
        if any(service['state'] == 'fence' and service['node'] == self.cluster.name for service in services):
            return False
        for node in sorted(self.cluster.nodes):
            request = yield 'call', {'op': 'read', 'key': f'request/{node}'}
            if request.get('value') == 'started':
                return True
        return False

    def _feed_watchdog(self):
        if self.host.watchdog.is_open:
            self.host.watchdog.update()
        else:
            self.host.watchdog.open()

    def _become(self, state):
        if state != self.state:
            self.host.log('info', f'status change {self.state} => {state}')
            self.state = state


def main():
    from client import run_daemon
    run_daemon('pve-ha-crm', lambda host, cluster, mode: Crm(host, cluster, mode != 'idle'))

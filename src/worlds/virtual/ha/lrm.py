"""The stand-in of pve-ha-lrm: refreshes this node's agent lock, and its watchdog along with it (PVE/HA/LRM.pm).

Only a node that holds its lock and has an active service has a watchdog. A refresh is one ordered write through
pmxcfs; while that hangs, so does this daemon, and its watchdog runs down.
"""

from lock import Lock, agent_lock, sleep_until

ACTIVE_S, POLL_S = 10, 5  # work()
IDLE_ROUNDS = 60  # LRM.pm: about ten minutes without a service
LONG_ROUND_S = 30  # loop_end_hook()
INACTIVE = ('stopped', 'freeze', 'error', 'request_start')


class Lrm:
    """`host` has clock(), log(level, text), write_status(status) and a `watchdog` with open(), update(), close(), is_open.

    `wanted` is whether this node runs a service: then it asks the manager for one, by its entry `request/<node>`.
    `unlock` removes the lock that an earlier life of this node left behind, which else takes two minutes to expire.
    """

    def __init__(self, host, node, wanted, unlock=False):
        self.host = host
        self.node = node
        self.wanted = wanted
        self.unlock = unlock
        self.clock = host.clock
        self.lock = Lock(agent_lock(node), host.clock, host.log)
        self.state = 'startup'
        self.announced = False
        self.idle_rounds = 0
        self._become('wait_for_agent_lock')

    def run(self):
        while True:
            began = int(self.clock())
            yield from self._round()
            took = int(self.clock()) - began
            if took > LONG_ROUND_S:
                self.host.log('warning', f'loop took too long ({took} seconds)')

    def stop(self):
        """A clean end: the watchdog is closed, the lock is given back, nothing resets.

        PVE waits here until the manager has frozen the services; there are none to hurt.
        """
        self.host.log('info', 'restart LRM, freeze all services')
        if self.host.watchdog.is_open:
            self.host.watchdog.close()
        if self.lock.held:
            yield from self.lock.release()
        self.host.log('info', 'server stopped')

    def _round(self):
        if not self.announced:
            self.announced = yield from self._announce()
            if not self.announced:
                yield 'sleep', POLL_S
                return
        services = yield from self._services()
        doomed = any(service['state'] == 'fence' for service in services)
        # An idle node may still be listed with the service of its last mode, when all managers are idle too.
        active = self.wanted and any(service['state'] not in INACTIVE for service in services)
        yield from self._change_state(doomed, active)
        if self.state == 'wait_for_agent_lock':
            yield from self._update_status()
            yield 'sleep', POLL_S
        elif self.state == 'active':
            began = int(self.clock())
            yield from self._update_status()
            yield from sleep_until(self.clock, began + ACTIVE_S)
        else:
            # The watchdog runs and will soon trigger; what is left is the hope to get the lock back.
            yield 'sleep', POLL_S

    def _change_state(self, doomed, active):
        if self.state == 'wait_for_agent_lock':
            if not doomed and active and (yield from self._quorate()) and (yield from self._refresh()):
                self._become('active')
        elif self.state == 'lost_agent_lock':
            if not doomed and (yield from self._quorate()) and (yield from self._refresh()):
                self._become('active')
        elif doomed:
            self.host.log('err', 'node needs to be fenced - releasing agent_lock')
            self._become('lost_agent_lock')
        elif not (yield from self._refresh()):
            self._become('lost_agent_lock')
        elif active:
            self.idle_rounds = 0
        else:
            self.idle_rounds += 1
            if self.idle_rounds >= IDLE_ROUNDS:
                yield from self._go_idle()

    def _refresh(self):
        if not (yield from self.lock.keep_trying()):
            return False
        if self.host.watchdog.is_open:
            self.host.watchdog.update()
        else:
            self.host.watchdog.open()
        return True

    def _go_idle(self):
        self.host.log('info', f'node had no service configured for {IDLE_ROUNDS} rounds, going idle.')
        self.idle_rounds = 0
        self.host.watchdog.close()
        yield from self.lock.release()
        self._become('wait_for_agent_lock')

    def _announce(self):
        """Says once, as soon as there is quorum, whether this node wants a service."""
        if not (yield from self._update_status()):
            return False
        if self.unlock:
            self.unlock = not (yield from self.lock.release())
        answer = yield 'call', {'op': 'write', 'key': f'request/{self.node}', 'value': 'started' if self.wanted else 'none'}
        return not answer['error']

    def _services(self):
        answer = yield 'call', {'op': 'read', 'key': 'manager_status'}
        status = answer.get('value') or {}
        return [service for service in status.get('service_status', {}).values() if service['node'] == self.node]

    def _quorate(self):
        answer = yield 'call', {'op': 'status'}
        return answer.get('quorate', False)

    def _update_status(self):
        """update_lrm_status(): not while there is no quorum, so its age is that of the last good round."""
        if not (yield from self._quorate()):
            return False
        status = {'state': self.state, 'mode': 'active', 'results': {}, 'timestamp': int(self.clock())}
        answer = yield 'call', {'op': 'write', 'key': f'lrm_status/{self.node}', 'value': status}
        if answer['error']:
            self.host.log('err', f'unable to write lrm status file - {answer["error"]}')
            return False
        self.host.write_status(status)
        return True

    def _become(self, state):
        if state != self.state:
            self.host.log('info', f'status change {self.state} => {state}')
            self.state = state


def main():
    from client import run_daemon, take_order

    def make(host, cluster, mode):
        host.forget_status()
        return Lrm(host, cluster.name, mode != 'idle', take_order('unlock'))

    run_daemon('pve-ha-lrm', make)

"""What the CRM does while it is master: watches nodes, has the lost ones fenced, recovers their services.

After PVE/HA/Manager.pm and PVE/HA/NodeStatus.pm. Every node that asks has one service `vm:10<id>`, which is a name and
no more. It goes back to its own node as soon as that is back, as a node affinity rule would have it.
"""

from lock import Lock, agent_lock

FENCE_DELAY_S = 60  # NodeStatus.pm $fence_delay


class Manager:
    """The master's work. `status` is the manager_status that the former master left, or None."""

    def __init__(self, host, cluster, status):
        self.host = host
        self.cluster = cluster
        self.clock = host.clock
        status = status or {}
        self.nodes = dict(status.get('node_status') or {cluster.name: 'unknown'})
        self.services = dict(status.get('service_status') or {})
        self.last_online = {}
        self.locks = {}

    def manage(self):
        """One round. Returns the number of services."""
        status = yield 'call', {'op': 'status'}
        online = set(self.cluster.names(status.get('online', []))) | {self.cluster.name}
        self._watch_nodes(online)
        yield from self._follow_requests()
        for sid in sorted(self.services):
            self._find_lost(sid)
        yield from self._fence()
        for sid in sorted(self.services):
            self._recover(sid)
            self._fail_back(sid)
        yield from self._write_status()
        return len(self.services)

    def _watch_nodes(self, online):
        now = int(self.clock())
        for node in sorted(self.cluster.nodes):
            state = self.nodes.setdefault(node, 'unknown')
            if node in online:
                self.last_online[node] = now
                if state == 'unknown':
                    self._set_node(node, 'online')
            elif state == 'online':
                self._set_node(node, 'unknown')

    def _follow_requests(self):
        for node, node_id in sorted(self.cluster.nodes.items()):
            sid = f'vm:{100 + node_id}'
            answer = yield 'call', {'op': 'read', 'key': f'request/{node}'}
            wanted = answer.get('value') == 'started'
            if wanted and sid not in self.services:
                self.host.log('info', f"adding new service '{sid}' on node '{node}'")
                self.services[sid] = {'state': 'request_start', 'node': node, 'home': node}
                self._set_service(sid, 'started')
            elif not wanted and sid in self.services:
                self.host.log('info', f"removing stale service '{sid}' (no config)")
                del self.services[sid]

    def _find_lost(self, sid):
        service = self.services[sid]
        if service['state'] == 'started' and self.nodes[service['node']] != 'online' and self._offline_for_long(service['node']):
            self._set_service(sid, 'fence')

    def _offline_for_long(self, node):
        """A new master has seen nobody yet: it counts from its first look."""
        now = int(self.clock())
        return now - self.last_online.setdefault(node, now) >= FENCE_DELAY_S

    def _fence(self):
        """A node is fenced when its agent lock can be had, for its LRM can then not have refreshed its watchdog."""
        for node in sorted({service['node'] for service in self.services.values() if service['state'] == 'fence'}):
            self._set_node(node, 'fence')
            lock = self.locks.setdefault(node, Lock(agent_lock(node), self.clock, self.host.log))
            if not (yield from lock.take()):
                continue
            self.host.log('info', f"fencing: acknowledged - got agent lock for node '{node}'")
            self._set_node(node, 'unknown')
            for sid, service in sorted(self.services.items()):
                if service['state'] == 'fence' and service['node'] == node:
                    self._set_service(sid, 'recovery')
            # PVE lets the lock expire; the next trial need not wait two minutes for that.
            yield from lock.release()

    def _recover(self, sid):
        service = self.services[sid]
        if service['state'] != 'recovery':
            return
        online = sorted(node for node, state in self.nodes.items() if state == 'online')
        if online:
            node = min(online, key=self._load)
            self.host.log('info', f"recover service '{sid}' from fenced node '{service['node']}' to node '{node}'")
            service['node'] = node
            self._set_service(sid, 'started')

    def _fail_back(self, sid):
        service = self.services[sid]
        home = service['home']
        if service['state'] == 'started' and service['node'] != home and self.nodes[home] == 'online':
            self.host.log('info', f"migrate service '{sid}' to node '{home}' (running)")
            service['node'] = home

    def _load(self, node):
        return sum(service['node'] == node for service in self.services.values())

    def _write_status(self):
        """A write that fails is repeated by the next round, should this node still be master then."""
        status = {'master_node': self.cluster.name, 'timestamp': int(self.clock()), 'node_status': self.nodes, 'service_status': self.services}
        yield 'call', {'op': 'write', 'key': 'manager_status', 'value': status}

    def _set_node(self, node, state):
        if self.nodes[node] != state:
            self.host.log('info', f"node '{node}': state changed from '{self.nodes[node]}' => '{state}'")
            self.nodes[node] = state

    def _set_service(self, sid, state):
        service = self.services[sid]
        where = f"  (node = {service['node']})" if state == 'started' else ''
        self.host.log('info', f"service '{sid}': state changed from '{service['state']}' to '{state}'{where}")
        service['state'] = state

"""Cluster facts: who this node is and who the others are, from corosync.conf(5) and the host name."""

import os

COROSYNC_CONF = '/etc/corosync/corosync.conf'
MODE_FILE = '/etc/bondproof-ha/mode'
RUN = '/run/bondproof-ha'
MODES = ('armed', 'idle', 'rehearse')


class Cluster:
    """`nodes` maps names to node ids; `name` and `node_id` are this node's own."""

    def __init__(self, name, nodes):
        self.name = name
        self.nodes = nodes
        self.node_id = nodes[name]

    def names(self, node_ids):
        by_id = {node_id: name for name, node_id in self.nodes.items()}
        return [by_id[node_id] for node_id in sorted(node_ids) if node_id in by_id]


def parse_nodes(text):
    """Names and ids of all `node { name: … nodeid: … }` sections."""
    nodes, section = {}, []
    node = {}
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith('#'):
            continue
        if line.endswith('{'):
            section.append(line[:-1].strip())
            node = {}
        elif line == '}':
            if section == ['nodelist', 'node']:
                nodes[node['name']] = int(node['nodeid'])
            section.pop()
        elif ':' in line:
            key, value = line.split(':', 1)
            node[key.strip()] = value.strip()
    return nodes


def read_cluster(path=COROSYNC_CONF, name=None):
    with open(path, encoding='utf-8') as file:
        return Cluster(name or os.uname().nodename.split('.')[0], parse_nodes(file.read()))


def read_mode(path=MODE_FILE):
    """`armed`, `idle` or `rehearse`; a machine that was never told is idle, for that harms nobody."""
    try:
        with open(path, encoding='utf-8') as file:
            mode = file.read().strip()
    except FileNotFoundError:
        return 'idle'
    if mode not in MODES:
        raise SystemExit(f'{path}: found "{mode}", right would be one of {", ".join(MODES)}')
    return mode

"""Times of the stand-in in virtual time: `python3 scenarios.py NAME` prints what happened, as JSON; the tests judge it."""

import json
import sys

from simulation import Node, World

GATHER_S = 7  # about what a token loss and a consensus take with three nodes


def isolate(world, node_id, gather_s=GATHER_S):
    """The node's ring dies at once; after a while it is alone and the others are quorate without it."""
    others = [other for other in world.ids if other != node_id]
    world.ring.disturb(world.ids, 'gather')
    world.clock.after(gather_s, lambda: world.ring.form([node_id], others))


def rejoin(world):
    world.ring.form(world.ids)


def settled(phase_s, **options):
    """A settled world, `phase_s` seconds into a round; the master is node 1 or, where that may not be one, another."""
    world = World(**options)
    world.settle()
    world.run(phase_s)
    return world


def phases():
    return [0.3 + 0.7 * step for step in range(14)]


def isolated():
    """A node that is not master loses the ring for good, at fourteen phases of its rounds."""
    runs = []
    for phase_s in phases():
        world = settled(phase_s, node3={'crm': False})
        victim = next(node for node in world.ids if node != world.master())
        began = world.now
        isolate(world, victim)
        world.run(160)
        node = world.nodes[victim]
        formed = began + GATHER_S
        runs.append({
            'refreshed': node.refreshed_at - 1_000_000 - began,
            'warned': world.said('about to expire', victim, began)[0] - began,
            'expired': world.said('expired - disable watchdog updates', victim, began)[0] - began,
            'reset': world.said('reset', victim, began)[0] - began,
            'lost': world.said('active => lost_agent_lock', victim, began)[0] - began,
            'unknown': world.said(f"node 'pve{victim}': state changed from 'online' => 'unknown'", None, began)[0] - formed,
            'fence': world.said(f"node 'pve{victim}': state changed from 'unknown' => 'fence'", None, began)[0] - formed,
            'acknowledged': world.said(f"acknowledged - got agent lock for node 'pve{victim}'", None, began)[0] - began,
            'recovered': len(world.said(f"recover service 'vm:{100 + victim}' from fenced node 'pve{victim}'", None, began)),
            'othersReset': [other for other in world.ids if other != victim and world.nodes[other].reset_at],
        })
    return runs


def returning(away_s):
    """The ring of a node dies and is whole again after a while."""
    runs = []
    for phase_s in phases():
        world = settled(phase_s, node3={'crm': False})
        victim = next(node for node in world.ids if node != world.master())
        isolate(world, victim)
        world.clock.after(away_s, lambda world=world: rejoin(world))
        world.run(130)
        runs.append({'reset': world.nodes[victim].reset_at is not None, 'saved': len(world.said('was updated before expiring', victim)),
                     'state': world.nodes[victim].lrm.state, 'othersReset': sum(node.reset_at is not None for node in world.nodes.values() if node.node_id != victim)})
    return runs


def master_lost():
    """The master is the victim."""
    world = settled(3)
    victim, began = world.master(), world.now
    isolate(world, victim)
    world.run(260)
    return {
        'closed': world.said('lost_manager_lock => wait_for_quorum', victim, began)[0] - began,
        'newMaster': world.said('=> master', None, began)[0] - began,
        'recovered': world.said(f"from fenced node 'pve{victim}'", None, began)[0] - began,
        'reset': world.nodes[victim].reset_at is not None,
    }


def flapping():
    """Nobody is isolated and all read quorate, but memberships follow each other without an end and nothing is delivered."""
    world = settled(4)
    began = world.now
    for second in range(0, 80, 3):
        world.clock.after(second, lambda: world.ring.form(world.ids))
        world.clock.after(second + 0.001, lambda: world.ring.disturb(world.ids, 'sync'))
    world.run(80)
    return {
        'quorate': [node.process.filesystem.quorate for node in world.nodes.values()],
        'lostQuorum': len(world.said('node lost quorum')),
        'resets': [node.reset_at - 1_000_000 - began if node.reset_at else None for node in world.nodes.values()],
        'retries': len(world.said('cpg_send_message retry', None, began)),
        'failed': len(world.said('cpg_send_message failed: 6', None, began)),
    }


def hanging():
    """The ring of all nodes stands still for a time and then goes on: a write in flight is answered only then."""
    world = settled(9.5)
    began = world.now
    answers = []
    world.ring.disturb(world.ids, 'gather')
    world.nodes[2].process.ask({'op': 'write', 'key': 'probe', 'value': 1}, lambda answer: answers.append([world.now - began, answer['error']]))
    world.run(30)
    during = [len(answers), world.nodes[2].process.filesystem.quorate, world.nodes[2].lrm_host.status['at'] - 1_000_000 < began + 1]
    world.ring.form(world.ids)
    world.run(20)
    return {'during': during, 'answers': answers, 'states': [node.lrm.state for node in world.nodes.values()]}


def unrest():
    """Memberships follow each other faster than a synchronisation takes; everything that is sent does arrive."""
    world = settled(4)
    began = world.now
    world.ring.latency_s = 0.4
    for change in range(84):
        world.clock.after(0.7 * change, lambda: world.ring.form(world.ids))
    answers = []
    world.clock.after(2, lambda: world.nodes[3].process.ask({'op': 'write', 'key': 'probe', 'value': 1}, lambda answer: answers.append([world.now - began, answer['error']])))
    world.run(59)
    during = [len(answers), world.nodes[3].process.filesystem.quorate, len(world.said('received sync request', 3, began)), len(world.said('received all states', 3, began + 1))]
    world.run(20)
    return {'during': during, 'answers': answers, 'synced': [node.process.filesystem.synced for node in world.nodes.values()],
            'stored': [node.process.filesystem.store.read('probe') for node in world.nodes.values()]}


def doomed():
    """A node that comes back a moment before its watchdog expires, while the master already wants it fenced."""
    runs = []
    for phase_s in [step * 0.2 for step in range(50)]:
        world = settled(phase_s, node3={'crm': False})
        master = world.master()
        victim = next(node for node in world.ids if node != master)
        others = [other for other in world.ids if other != victim]
        began = world.now
        world.ring.disturb([victim], 'gather')
        world.clock.after(0.05, lambda world=world, others=others: world.ring.form(others))
        world.clock.after(60.3, lambda world=world: rejoin(world))
        world.run(200)
        ordered = world.said('node needs to be fenced - releasing agent_lock', victim, began)
        if ordered:
            runs.append({'ordered': ordered[0] - began, 'reset': world.nodes[victim].reset_at and world.nodes[victim].reset_at - 1_000_000 - began,
                         'lastRefresh': world.nodes[victim].refreshed_at - 1_000_000 - began, 'othersReset': sum(world.nodes[other].reset_at is not None for other in others)})
        if len(runs) == 2:
            break
    return runs


def idle():
    """No node wants a service, though the status of an armed time before still lists one."""
    nobody = {f'node{node_id}': {'lrm': False, 'crm': False} for node_id in (1, 2, 3)}
    world = World(**nobody)
    world.run(30)
    left = {'node_status': {'pve2': 'online'}, 'service_status': {'vm:102': {'state': 'started', 'node': 'pve2', 'home': 'pve2'}}}
    world.nodes[2].process.ask({'op': 'write', 'key': 'manager_status', 'value': left}, lambda _: None)
    world.run(30)
    isolate(world, 1)
    world.run(600)
    return {'clients': len(world.said('added new client')), 'locks': sorted(world.nodes[2].process.filesystem.store.data['locks']),
            'resets': sum(node.reset_at is not None for node in world.nodes.values()), 'states': [[node.lrm.state, node.crm.state] for node in world.nodes.values()],
            'statusAge': world.now - (world.nodes[2].lrm_host.status['at'] - 1_000_000)}


def only_crm():
    """A node whose only watchdog client is its CRM, the master, loses the ring."""
    world = World(node1={'lrm': False})
    world.settle()
    master, began = world.master(), world.now
    isolate(world, 1)
    world.run(200)
    return {'master': master, 'closed': world.said('watchdog closed (disabled)', 1, began)[0] - began, 'reset': world.nodes[1].reset_at is not None}


def stopped():
    """The daemons are told to stop while a write hangs."""
    world = settled(8)
    isolate(world, 2)
    world.run(20)
    world.nodes[2].stop_daemons()
    world.run(200)
    return {'reset': world.nodes[2].reset_at is not None, 'clients': len(world.nodes[2].mux.clients), 'clean': len(world.said('has disconnected cleanly', 2))}


def killed():
    """The LRM dies without closing its watchdog."""
    world = settled(2)
    began = world.now
    world.nodes[2].lrm_host.die()
    world.run(60)
    return {'refused': world.said('did not stop watchdog - disable watchdog updates', 2, began)[0] - began, 'reset': world.nodes[2].reset_at - 1_000_000 - began}


def pmxcfs_restarted():
    """A member's pmxcfs dies, corosync of another one dies: both are back in the group by themselves."""
    world = settled(5)
    world.nodes[3].process.lose_corosync()
    world.run(40)
    return {'states': [node.lrm.state for node in world.nodes.values()], 'synced': [node.process.filesystem.synced for node in world.nodes.values()],
            'members': [len(node.process.filesystem.group.members) for node in world.nodes.values()], 'resets': sum(node.reset_at is not None for node in world.nodes.values())}


def reborn():
    """A node that was reset boots again, first as it is, then with the order to remove the lock of its former life."""
    runs = []
    for unlock in (False, True):
        world = settled(3, node3={'crm': False})
        victim = next(node for node in world.ids if node != world.master())
        isolate(world, victim)
        world.run(85)
        booted = world.now
        world.nodes[victim] = Node(world, victim, unlock=unlock)
        rejoin(world)
        world.run(240)
        active = world.said('wait_for_agent_lock => active', victim, booted)
        runs.append({'active': active[0] - booted, 'acknowledged': len(world.said('fencing: acknowledged', None, booted)), 'back': len(world.said(f"migrate service 'vm:{100 + victim}' to node 'pve{victim}'")),
                     'nodes': world.nodes[victim].process.filesystem.store.read('manager_status')['node_status'], 'resets': sum(node.reset_at is not None for node in world.nodes.values())})
    return runs


def journal():
    """Every line that one isolation makes, without times."""
    world = settled(3)
    victim = next(node for node in world.ids if node != world.master())
    isolate(world, victim)
    world.run(150)
    return sorted({f"{entry['who']}: {entry['text']}" for entry in world.journal})


if __name__ == '__main__':
    print(json.dumps(globals()[sys.argv[1]](*map(float, sys.argv[2:]))))

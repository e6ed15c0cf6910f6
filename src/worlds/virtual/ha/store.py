"""The replicated data: a few JSON values and the locks, with the rules of pmxcfs for both (memdb.c)."""

import hashlib
import json

LOCK_TIMEOUT_S = 120  # memdb.c CFS_LOCK_TIMEOUT


def encode(value):
    return json.dumps(value, sort_keys=True, separators=(',', ':')).encode()


class Store:
    """Every node applies the same changes in the same order, so all synchronised stores are equal.

    Only `seen` is local: when this node last saw each lock change, by its own clock.
    """

    def __init__(self, clock):
        self.clock = clock
        self.data = {'version': 0, 'mtime': 0, 'values': {}, 'locks': {}}
        self.seen = {}

    def read(self, key):
        return self.data['values'].get(key)

    def summary(self):
        """What members compare to elect a leader and to find who is behind."""
        return {'version': self.data['version'], 'mtime': self.data['mtime'], 'digest': self.digest()}

    def digest(self):
        return hashlib.sha256(encode(self.data)).hexdigest()[:32]

    def load(self, data):
        """Takes over a leader's data. All lock timers restart, as memdb_update_locks() does after a commit."""
        self.data = data
        self.seen = {name: self.clock() for name in data['locks']}

    def apply(self, change, writer, at):
        """Applies a delivered change; returns '' or the name of an errno."""
        return getattr(self, '_' + change['op'])(change, writer, at)

    def lock(self, name):
        return self.data['locks'].get(name)

    def expired(self, name):
        """memdb_lock_expired(): older than the life time by the local clock."""
        return int(self.clock()) - int(self.seen.setdefault(name, self.clock())) > LOCK_TIMEOUT_S

    def _write(self, change, _writer, at):
        self._touch(at)
        self.data['values'][change['key']] = change['value']
        return ''

    def _mkdir(self, change, writer, at):
        if self.lock(change['lock']):
            return 'EEXIST'
        self._set_lock(change['lock'], writer, at)
        return ''

    def _utime(self, change, writer, at):
        """memdb_mtime(): only the node that made a lock may refresh it, and never into the past."""
        lock = self.lock(change['lock'])
        if not lock:
            return 'ENOENT'
        if change['mtime'] < lock['mtime'] or lock['writer'] != writer:
            return 'EACCES'
        self._set_lock(change['lock'], writer, change['mtime'])
        return ''

    def _rmdir(self, change, _writer, at):
        if not self.lock(change['lock']):
            return 'ENOENT'
        self._touch(at)
        del self.data['locks'][change['lock']]
        self.seen.pop(change['lock'], None)
        return ''

    def _unlock(self, change, writer, at):
        """An expired lock goes, unless it was refreshed while the message was under way."""
        return self._rmdir(change, writer, at) if self.lock(change['lock']) == change['was'] else 'EACCES'

    def _set_lock(self, name, writer, mtime):
        self._touch(mtime)
        self.data['locks'][name] = {'writer': writer, 'mtime': mtime, 'version': self.data['version']}
        self.seen[name] = self.clock()

    def _touch(self, at):
        self.data['version'] += 1
        self.data['mtime'] = at

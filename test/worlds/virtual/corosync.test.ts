import test from 'ava';
import { corosyncConf } from '../../../src/worlds/virtual/corosync.ts';
import { labOf } from './lab-of.ts';

test('corosync.conf reads as pvecm leaves it after two nodes joined the first', (t) => {
  t.is(corosyncConf(labOf(3, { cluster: 'rack' })), `logging {
  debug: off
  to_syslog: yes
}

nodelist {
  node {
    name: pve1
    nodeid: 1
    quorum_votes: 1
    ring0_addr: 10.10.10.1
  }
  node {
    name: pve2
    nodeid: 2
    quorum_votes: 1
    ring0_addr: 10.10.10.2
  }
  node {
    name: pve3
    nodeid: 3
    quorum_votes: 1
    ring0_addr: 10.10.10.3
  }
}

quorum {
  provider: corosync_votequorum
}

totem {
  cluster_name: rack
  config_version: 3
  interface {
    linknumber: 0
  }
  ip_version: ipv4-6
  link_mode: passive
  secauth: on
  token_coefficient: 125
  version: 2
}
`);
});

test('with a QDevice it reads as `pvecm qdevice setup` leaves it, but for TLS', (t) => {
  const [without, withOne] = [corosyncConf(labOf(2)), corosyncConf(labOf(2, { qdevice: 'reached' }))];
  t.is(withOne, without.replace('  config_version: 2\n', '  config_version: 3\n').replace('quorum {\n', `quorum {
  device {
    model: net
    net {
      algorithm: ffsplit
      host: 10.10.10.254
      tls: off
    }
    votes: 1
  }
`));
  t.not(withOne, without);
});

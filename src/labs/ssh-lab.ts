// The lab of real machines that a lab file describes.

import { plainAddress } from '../model/address.ts';
import type { Lab, Login, SnmpLogin } from '../model/lab.ts';
import type { PortsConfig } from '../model/scenario.ts';
import type { passivePorts, SshForm } from './schema.ts';

export const sshLab = (form: SshForm, home: string): Lab => {
  const pathOf = (file: string): string => file.replace(/^~(?=\/)/, () => home);
  const loginOf = ({ host, port, user, sudo, keyFile, hostKey }: SshForm['nodes'][number] | SshForm['switch'] & { readonly host: string; readonly hostKey: string }): Login => ({
    host,
    port,
    user: user ?? form.user,
    sudo: sudo ?? form.sudo,
    keyFile: keyFile !== undefined ? pathOf(keyFile) : form.keyFile !== undefined ? pathOf(form.keyFile) : null,
    hostKey,
  });
  /** What is missing is a contradiction (contradiction.ts), and never gets here. */
  const switchLogin = ({ host, hostKey, ...rest }: SshForm['switch']): Login | null => (host === undefined || hostKey === undefined ? null : loginOf({ ...rest, host, hostKey }));
  return {
    name: form.name,
    world: form.world,
    cluster: form.cluster,
    nodes: form.nodes.map((node) => ({
      name: node.name,
      id: node.id,
      address: plainAddress(node.address),
      ...node.addressOn !== undefined && { addressOn: node.addressOn },
      bond: node.bond,
      slaves: node.slaves.map(({ nic }) => nic),
      ...node.aggregate !== undefined && { aggregate: node.aggregate },
      ...node.vlan !== undefined && { vlan: node.vlan },
      login: loginOf(node),
    })),
    switch: {
      name: form.switch.name,
      dialect: form.switch.dialect,
      ...form.switch.ports !== undefined && { ports: portsOf(form.switch.ports) },
      ...form.switch.allow !== undefined && { allow: form.switch.allow },
      ...form.switch.address !== undefined && { address: form.switch.address },
      login: switchLogin(form.switch),
      ...form.switch.snmp !== undefined && { snmp: snmpOf(form.switch.snmp, pathOf) },
    },
    links: form.nodes.flatMap((node) => node.slaves.map(({ nic, port }) => ({
      id: `${node.name}-${nic}`,
      node: node.name,
      nic,
      switch: form.switch.name,
      port,
      transceiver: null,
    }))),
    victim: form.victim,
    class: null,
    fencing: form.fencing,
    injector: form.injector,
    virtual: null,
  };
};

const portsOf = (ports: (typeof passivePorts)[number]): PortsConfig => (ports === 'plain' || ports === 'static' ? { kind: ports } : { kind: 'lacp', rate: ports === 'lacp-fast' ? 'fast' : 'slow' });

/** What a version lacks is a contradiction (contradiction.ts), and never gets here. */
const snmpOf = ({ version, host, port, user, auth, privacy, communityFile }: NonNullable<SshForm['switch']['snmp']>, pathOf: (file: string) => string): SnmpLogin => (version === 'v2c'
  ? { version, host, port, communityFile: pathOf(communityFile!) }
  : { version, host, port, user: user!, auth: { ...auth!, keyFile: pathOf(auth!.keyFile) }, privacy: { ...privacy!, keyFile: pathOf(privacy!.keyFile) } });

// Who has which address in a virtual lab. All of them mean something in the lab's own network namespace only, so every lab has the same ones.

import { deviceIds, type DeviceId, type Lab, type LinkId } from '../../model/lab.ts';

/** The lab's holder on the management network. */
export const holderAddress = '192.168.77.1';

/** The management address of a machine: the switch has .10, the nodes follow in the lab's order. */
export const managementAddress = (lab: Lab, device: DeviceId): string => {
  const at = deviceIds(lab).indexOf(device);
  if (at < 0) throw new Error(`lab ${lab.name} has no machine "${device}"`);
  return `192.168.77.${10 + at}`;
};

/** The interface in the lab's namespace that a machine's management NIC hangs on, and its other end, which the holder speaks on. */
export const managementPair = (lab: Lab, device: DeviceId): { readonly machineEnd: string; readonly holderEnd: string } => {
  const at = deviceIds(lab).indexOf(device);
  return { machineEnd: `mm${at}`, holderEnd: `mh${at}` };
};

/** A cable is a pair of UDP ports on the namespace's loopback; one that goes through the holder has a port there for each. */
export const cablePorts = (lab: Lab, link: LinkId): { readonly node: number; readonly switch: number; readonly nodeSide: number; readonly switchSide: number } => {
  const at = lab.links.findIndex((one) => one.id === link);
  if (at < 0) throw new Error(`lab ${lab.name} has no link "${link}"`);
  return { node: 21_001 + at, switch: 22_001 + at, nodeSide: 23_001 + at, switchSide: 24_001 + at };
};

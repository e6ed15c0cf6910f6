// What a managed switch can say of itself, whatever its maker calls it. What a device cannot tell is null, never guessed.

import type { LacpRate } from './scenario.ts';

export interface Identity {
  readonly vendor: string | null;
  readonly model: string | null;
  readonly version: string | null;
  readonly serial: string | null;
  /** Its host name, and all of the above in words of its own, where it is asked in a way that tells these. */
  readonly name?: string | null;
  readonly description?: string | null;
}

/** The state of a port as LACPDUs carry it (IEEE 802.1AX-2020, 6.4.2.3; include/net/bond_3ad.h, LACP_STATE_*); `timeout` true: short. */
export interface LacpBits {
  readonly activity: boolean | null;
  readonly timeout: boolean | null;
  readonly aggregation: boolean | null;
  readonly synchronization: boolean | null;
  readonly collecting: boolean | null;
  readonly distributing: boolean | null;
  readonly defaulted: boolean | null;
  readonly expired: boolean | null;
}

/** In the order of the octet, its least significant bit first. */
export const lacpBitNames = ['activity', 'timeout', 'aggregation', 'synchronization', 'collecting', 'distributing', 'defaulted', 'expired'] as const;

export const unknownBits: LacpBits = Object.freeze(Object.fromEntries(lacpBitNames.map((name) => [name, null]))) as unknown as LacpBits;

/** Of the octet as the kernel, NX-OS and teamd print it: 61 is fast, active, in sync, collecting and distributing but for `timeout`. */
export const bitsOfOctet = (octet: number): LacpBits => {
  if (!Number.isInteger(octet) || octet < 0 || octet > 255) throw new Error(`${octet} is not the state of a LACP port: a number from 0 to 255`);
  return Object.fromEntries(lacpBitNames.map((name, at) => [name, (octet >> at & 1) === 1])) as unknown as LacpBits;
};

/** SNMP's BITS come most significant bit first (RFC 2578, 7.1.4): BC is what the kernel calls 3D. */
export const bitsOfSnmp = (octet: number): LacpBits => {
  const turned = lacpBitNames.reduce((sum, _, at) => sum | (octet >> at & 1) << 7 - at, 0);
  return bitsOfOctet(octet > 255 ? octet : turned);
};

/** IEEE 802.1AX, the receive machine. */
export const receiveStates = ['current', 'expired', 'defaulted', 'disabled'] as const;
export type ReceiveState = (typeof receiveStates)[number];

export interface Member {
  readonly port: string;
  /** The device's own half, and what it last heard of the other side. */
  readonly actor: LacpBits | null;
  readonly partner: LacpBits | null;
  readonly receive: ReceiveState | null;
  readonly partnerSystem: string | null;
  readonly lacpdus: { readonly sent: number; readonly received: number; readonly illegal: number | null } | null;
  /** Whether it carries traffic of the aggregate. */
  readonly inUse: boolean | null;
}

export interface Aggregate {
  readonly name: string;
  readonly mode: 'static' | 'lacp' | null;
  /** What the device asks its partner for; null: it does not say, or mode is static. */
  readonly rate: LacpRate | null;
  readonly members: readonly Member[];
}

export interface LldpNeighbour {
  readonly port: string;
  readonly system: string | null;
  readonly chassis: string;
  readonly theirPort: string;
  /** What they call this port besides; Linux's lldpd has the MAC address as `theirPort` and the name here. Absent where it is not asked for. */
  readonly theirPortName?: string | null;
}
export interface LearnedMac { readonly mac: string; readonly port: string; readonly vlan: number | null }
export interface PortCounters { readonly port: string; readonly received: bigint; readonly sent: bigint; readonly unit: 'frames' | 'octets' }

/** A device's clock as it prints it, made absolute; null where it does not say its zone. */
export interface DeviceTime { readonly shown: string; readonly utc: string | null }

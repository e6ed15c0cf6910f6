// A switch of the virtual lab behind the command line of another maker: what is configured on the played one, the real ports get. Its command line is
// synthetic, its dead man counts real seconds, and bonds and LACPDUs are those of the lab's own switch.

import { setTimeout as sleep } from 'node:timers/promises';

import { portGroups } from '../../src/harness/configuration.ts';
import type { Lab } from '../../src/model/lab.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';
import type { Session } from '../../src/model/session.ts';
import { linux } from '../../src/switches/linux.ts';
import { eos } from '../harness/form-devices.ts';
import { serveScripted, type Entry, type ScriptedDevice, type State } from '../switches/scripted.ts';

export interface PlayedSwitch extends AsyncDisposable {
  readonly device: ScriptedDevice;
  /** What the played switch calls the port of the lab's. */
  readonly nameOf: (port: string) => string;
  readonly aggregateOf: (node: string) => string;
  /** Resolves when the real ports have what is configured. */
  settled(): Promise<void>;
}

const whereOf = (port: string): string => `interface ${port}`;

/** By the lines of one port, as all ports of a lab are alike. */
const formOf = (running: readonly Entry[], port: string): PortsConfig => {
  const lines = running.filter(({ where }) => where === whereOf(port)).map(({ line }) => line);
  const group = lines.find((line) => line.startsWith('channel-group '));
  if (group === undefined) return { kind: 'plain' };
  return group.endsWith(' on') ? { kind: 'static' } : { kind: 'lacp', rate: lines.includes('lacp timer fast') ? 'fast' : 'slow' };
};

/** `session` leads to the lab's own switch. */
export const playSwitch = async (lab: Lab, session: Session): Promise<PlayedSwitch> => {
  const groups = portGroups(lab);
  const ports = groups.flatMap((group) => group.ports);
  const nameOf = (port: string): string => `Ethernet${ports.indexOf(port) + 1}`;
  const aggregateOf = (node: string): string => `Port-Channel${11 + groups.findIndex(({ name }) => name === node)}`;
  const channels = ({ running }: State, shown: (ports: readonly string[], form: PortsConfig) => object): string =>
    JSON.stringify({ portChannels: Object.fromEntries(groups.flatMap((group): readonly (readonly [string, object])[] => {
      const names = group.ports.map(nameOf);
      const form = formOf(running, names[0]!);
      return form.kind === 'plain' ? [] : [[aggregateOf(group.name), shown(names, form)]];
    })) });
  const bits = (form: PortsConfig): object => ({ activity: true, timeout: form.kind === 'lacp' && form.rate === 'fast', aggregation: true, synchronization: true, collecting: true, distributing: true });

  const device = await serveScripted({
    ...eos.kind,
    before: [{ where: '', line: 'hostname sw1' }, ...ports.map((port) => ({ where: whereOf(nameOf(port)), line: `description ${port}` }))],
    shows: {
      ...eos.kind.shows,
      'show version | json': JSON.stringify({ modelName: 'played', version: '0' }),
      'show port-channel detailed all-ports | json': (state) => channels(state, (names, form) => ({ activePorts: Object.fromEntries(names.map((name) => [name, { protocol: form.kind === 'lacp' ? 'lacp' : 'static' }])), inactivePorts: {} })),
      'show lacp interface detailed | json': (state) => channels(state, (names, form) => ({ interfaces: form.kind === 'lacp' ? Object.fromEntries(names.map((name) => [name, { actorPortStatus: 'bundled', actorPortState: bits(form), partnerPortState: bits(form) }])) : {} })),
    },
  });

  const playing = new AbortController();
  let applied: PortsConfig = { kind: 'plain' };
  let wrong: unknown = null;
  const follow = async (): Promise<void> => {
    while (!playing.signal.aborted) {
      const wanted = formOf(device.state.running, nameOf(ports[0]!));
      if (JSON.stringify(wanted) !== JSON.stringify(applied)) {
        for (const command of linux.configure(groups, wanted)) {
          const { exitCode, stderr } = await session.run(command, { timeoutMs: 60_000 });
          if (exitCode !== 0) throw new Error(`the lab's switch: ${stderr}`);
        }
        applied = wanted;
      }
      await sleep(100);
    }
  };
  const following = follow().catch((error: unknown) => { wrong = error; });
  const seconds = setInterval(() => { device.pass(1); }, 1000);

  return {
    device, nameOf, aggregateOf,
    async settled() {
      for (;;) {
        if (wrong !== null) throw wrong as Error;
        if (JSON.stringify(formOf(device.state.running, nameOf(ports[0]!))) === JSON.stringify(applied)) return;
        await sleep(100);
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(seconds);
      playing.abort();
      await following;
      await device[Symbol.asyncDispose]();
    },
  };
};

// One run at a time on a lab that outlives its runs, whichever machine they are started on: the devices themselves say whose they are.

import { NotOurs, startReservation, type Reservation, type Reserver } from '../agent/reservation.ts';
import { deviceIds, type DeviceId, type Lab } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { OpenLab } from '../model/session.ts';
import { all } from './bench.ts';
import { Devices } from './devices.ts';
import { endOf } from './ending.ts';
import { requireOurs } from './preflight.ts';

export interface Reservations extends AsyncDisposable {
  /** The number of our reservation of the device, which is made anew where a reset or a cut ended it. Rejects with a Problem when the lab is another run's by now. */
  number(device: DeviceId): Promise<number>;
  /** The device refused a command with that number. */
  refused(device: DeviceId, number: number): void;
}

const reachMs = 90_000;

/** For a run: the devices are seen to be the lab's, and then reserved. */
export const reserveOurLab = async (open: OpenLab, reserver: Reserver): Promise<Reservations> => {
  await using devices = new Devices(open, null);
  try {
    await requireOurs(open.lab, devices);
    return await reserveLab(open, reserver);
  } catch (error) {
    throw endOf(error);
  }
};

/** Reserves every device. Rejects with a Problem that names the run that has one; then none is ours. */
export const reserveLab = async (open: OpenLab, reserver: Reserver): Promise<Reservations> => {
  const held = new Map<DeviceId, Promise<Reservation>>();
  const numbers = new Map<DeviceId, number>();
  const [home = open.lab.switch.name] = deviceIds(open.lab);

  const start = async (device: DeviceId): Promise<Reservation> => {
    // No trial resets the switch: what it knows of later runs is not lost with a node's memory. Where the switch is passive, the first node is asked first.
    if (device !== home) await reservationOf(home);
    const session = await open.session(device, { timeoutMs: reachMs });
    try {
      const reservation = await startReservation(session, { ...reserver, number: numbers.get(device) ?? null }, open.clock);
      numbers.set(device, reservation.number);
      return { ...reservation, async [Symbol.asyncDispose]() {
        await reservation[Symbol.asyncDispose]();
        await session[Symbol.asyncDispose]();
      } };
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error instanceof NotOurs ? taken(open.lab, error) : error;
    }
  };
  const reservationOf = async (device: DeviceId): Promise<Reservation> => {
    const before = held.get(device);
    const reservation = await before;
    if (reservation?.ended() === false) return reservation;
    // Of several that find it ended, one begins anew.
    if (held.get(device) !== before) return reservationOf(device);
    const starting = start(device);
    held.set(device, starting);
    starting.catch(() => { if (held.get(device) === starting) held.delete(device); });
    await reservation?.[Symbol.asyncDispose]();
    return starting;
  };
  const reservations: Reservations = {
    number: async (device) => (await reservationOf(device)).number,
    refused(device, number) { if (numbers.get(device) === number) held.delete(device); },
    async [Symbol.asyncDispose]() {
      await Promise.all((await Promise.allSettled(held.values())).map(async (each) => { if (each.status === 'fulfilled') await each.value[Symbol.asyncDispose](); }));
    },
  };
  try {
    // Everybody begins with the same one: of several that start at once, one wins.
    await reservations.number(home);
    await all(deviceIds(open.lab).map(async (device) => reservations.number(device)));
    return reservations;
  } catch (error) {
    await reservations[Symbol.asyncDispose]();
    throw error;
  }
};

const taken = ({ name }: Lab, { message }: NotOurs): Problem => new Problem({
  asked: `run on lab ${name}`, found: message, right: 'one run at a time',
  todo: 'wait for it, or end it where it runs; a run that is gone frees the lab within 15 s', exitCode: exitCodes.busy,
});

// Tries whether the slave that is to be hit leads to the port of the lab file: what is sent on it has to come there.

import { findNode, type Link } from '../model/lab.ts';
import { type Bench, TrialBroken } from './bench.ts';
import { dialectOf } from './configuration.ts';
import type { Observer } from './observer.ts';

/** Of the longest kind, so that they stand out from what else a quiet cluster sends in a few seconds: some 40 short packets a second on a NIC of three nodes. */
const frames = 200;
/** An Ethernet frame without its head (14 bytes), which not every driver counts. */
const frameBytes = 1500;
/** The agent sends for a second; some NICs count anew once a second. */
const countedMs = 5000;

/** A switch that does not tell what came to its ports is not asked. The record keeps what was seen, and the judge goes by it (analysis/cable.ts). */
export const tryCable = async (bench: Bench, link: Link, observer: Observer): Promise<void> => {
  const { lab, devices, record, open, signal } = bench;
  const counters = dialectOf(lab)?.counters;
  if (counters === undefined) return;
  const ports = lab.links.map(({ port }) => port);
  const look = async (): Promise<Readonly<Record<string, number>>> => devices.ask(lab.switch.name, counters(ports));
  const before = await look();
  const bytes = frames * frameBytes;
  const sinceUs = record.nowUs();
  observer.tryCable(link.nic, frames);
  for (;;) {
    await open.clock.sleep(500, signal);
    const after = await look();
    const came = Object.fromEntries(ports.map((port) => [port, after[port]! - before[port]!]));
    const there = came[link.port]! >= bytes;
    if (!there && record.nowUs() - sinceUs < countedMs * 1000) continue;
    record.note({ type: 'cable-tried', link, bytes, came }, sinceUs);
    if (there) return;
    const other = ports.find((port) => came[port]! >= bytes);
    const where = other === undefined ? 'nor to any other port of the lab' : `${came[other]!} to ${other}, which is ${lab.links.find(({ port }) => port === other)!.id} in the lab file`;
    throw new TrialBroken(`of ${bytes} bytes that ${findNode(lab, link.node).name} sent on ${link.nic}, ${came[link.port]!} came to ${link.port} of ${lab.switch.name}, ${where}`);
  }
};

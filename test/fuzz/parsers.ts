// Every parser of what a device, or a file of a run, says: good texts made by hand, how it is read, and what must never come of it.

import { readMessage } from '../../src/agent/message.ts';
import { decodeNetlink } from '../../src/agent/netlink.ts';
import type { AgentMessage } from '../../src/agent/protocol.ts';
import { judgeRun } from '../../src/analysis/index.ts';
import { readUtf8 } from '../../src/certificate/canonical.ts';
import { differencesOf, manifestText, readManifest } from '../../src/certificate/manifest.ts';
import { verifyPage } from '../../src/certificate/verification.ts';
import { haObstacle } from '../../src/harness/ha.ts';
import { quorumOf } from '../../src/harness/convergence.ts';
import { undoJournal } from '../../src/harness/journal.ts';
import { nodeChecks } from '../../src/harness/preflight.ts';
import { parseRecord, recordLine } from '../../src/harness/record-text.ts';
import { tracesOf } from '../../src/harness/recovery.ts';
import { parseSurvey } from '../../src/harness/survey.ts';
import { labView } from '../../src/harness/view.ts';
import { loadLab } from '../../src/labs/lab-file.ts';
import { loadScenario } from '../../src/labs/scenario-file.ts';
import type { Event } from '../../src/model/event.ts';
import { bondStanza, withBond } from '../../src/model/interfaces.ts';
import { Problem } from '../../src/model/problem.ts';
import { dataWithoutSecrets, withoutSecrets } from '../../src/model/secret.ts';
import { probes } from '../../src/probes/index.ts';
import { reportFiles } from '../../src/report/index.ts';
import { terminalText } from '../../src/report/terminal.ts';
import { printable } from '../../src/report/text.ts';
import { linux } from '../../src/switches/linux.ts';
import { sealed } from '../certificate/sealed.ts';
import { simulatedDisk } from '../harness/crashing-disk.ts';
import { paperLab, paperScenario } from '../harness/paper-lab.ts';
import { sectionsOf, surveysOf, textOf } from '../harness/paper-survey.ts';
import { everySecret } from '../secrets/canaries.ts';
import { switchLinks } from '../simulated/switch.ts';
import { agentLines, corosyncLines, datagrams, formEntry, goldenRecords, hardwareLab, interfacesTexts, undoEntry } from './good.ts';

export interface Parser {
  readonly name: string;
  readonly good: readonly Buffer[];
  /** Reads, and does with the answer what bondproof does next. What it gives is a sentence on what is wrong with the answer, or nothing. */
  readonly read: (text: Buffer) => string | null | Promise<string | null>;
  /** Whether it may throw: nothing; a Problem; or an Error with words of its own as well, which whoever asks knows (harness/devices.ts, AnswerUnclear). */
  readonly throws: 'nothing' | 'Problem' | 'Error';
  /** How many cases this one gets for one of the others: what takes a thousand times as long would have all the time. */
  readonly share: number;
}

const texts = (...all: readonly string[]): readonly Buffer[] => all.map((text) => Buffer.from(text));
const today = '2026-11-25';
const pve1 = paperLab.nodes[0]!;
const ports = paperLab.nodes.map(({ name }) => ({ name, ports: paperLab.links.filter(({ node }) => node === name).map(({ port }) => port) }));

/** A node passes only as the node that it says to be, seen in full. */
const survey: Parser = {
  name: 'survey', share: 0.2, throws: 'nothing',
  good: texts(textOf(sectionsOf(paperLab, pve1)), textOf({ ...sectionsOf(paperLab, pve1), ha: 'none', guests: '', lrm: '', totem: 'runtime.config.totem.token (u32) = 3000\nruntime.config.totem.consensus (u32) = 3600', corosync: "Corosync Cluster Engine, version '3.1.9'" })),
  read(text) {
    const seen = parseSurvey(text.toString('utf8'), { bond: 'bond0', address: '10.10.10.1' });
    const surveys = new Map([...surveysOf(paperLab), ['pve1', seen]]);
    const checks = nodeChecks(paperLab, pve1, surveys, { today });
    haObstacle(surveys, 'armed', paperLab);
    JSON.stringify(dataWithoutSecrets(seen.node));
    const passed = checks.every(({ held }) => held);
    if (!passed) return null;
    if (seen.hostname.split('.')[0] !== 'pve1' || !seen.machineId.endsWith('1')) return 'another node passed';
    if (seen.qdiscs === null) return 'a node passed whose qdiscs nobody saw';
    return null;
  },
};

const switchHealth: Parser = {
  name: 'ip link of the switch', share: 1, throws: 'Error', good: (['plain', 'static', 'slow', 'fast'] as const).map((form) => Buffer.from(switchLinks(ports.flatMap((group) => group.ports), form))),
  read(text) {
    const health = linux.health(ports).parse(text.toString('utf8'));
    if (health.length !== 6 || health.some(({ up, inUse }) => typeof up !== 'boolean' || typeof inUse !== 'boolean')) return 'a port is neither up nor down';
    const form = linux.current(ports).parse(text.toString('utf8'));
    return ['plain', 'static', 'lacp'].includes(form.kind) ? null : `form ${form.kind}`;
  },
};

const oneWord: Parser = {
  name: 'uname of the switch', share: 1, throws: 'Error', good: texts('6.8.12-4-pve\n'),
  read: (text) => /^Linux \S+$/.test(linux.version.parse(text.toString('utf8'))) ? null : 'a version of several words',
};

const traces: Parser = {
  name: 'traces of undos and qdiscs', share: 1, throws: 'Error',
  good: texts('undo 20261125t000000z-virtual-1abc\nqdisc noqueue 0: dev lo root refcnt 2\nqdisc netem b0d: dev eth1 root refcnt 2 limit 1000 loss 100%\nqdisc mqprio 8001: dev eth2 root tc 4 map 0 1 2 3\n\t     queues:(0:1)\n'),
  read(text) {
    const { tokens } = tracesOf.parse(text.toString('utf8'));
    if (!text.includes('qdisc ')) return 'a device without a qdisc counts as seen';
    return tokens.every((token) => /^[a-z0-9-]+$/.test(token)) ? null : `token ${tokens.join(' ')}`;
  },
};

const quorum: Parser = {
  name: 'corosync-quorumtool', share: 1, throws: 'nothing', good: texts('Quorum information\n------------------\nNodes:            3\nQuorate:          Yes\n\nVotequorum information\nExpected votes:   3\n', 'Nodes: 1\nQuorate:          No\n', 'Nodes: 2\nQuorate: Yes\n\n    Nodeid      Votes    Qdevice Name\n         1          1    A,V,NMW pve1 (local)\n         2          1         NR pve2\n'),
  read(text) {
    const { quorate, members, qdevice } = quorumOf.parse(text.toString('utf8'));
    if (typeof quorate !== 'boolean' || Number.isNaN(members) || quorate && !text.includes('Yes')) return `quorate ${quorate}, ${members} members`;
    return qdevice === 'votes' && !text.includes('A,V,') ? 'a QDevice that votes' : null;
  },
};

const types = new Set(['link-changed', 'active-slave-changed', 'slave-changed', 'qdisc-changed', 'neighbour-changed', 'lacp-changed', 'lacpdu', 'tick', 'burst-sent', 'knet-link-changed', 'token-warned', 'token-lost', 'membership-formed', 'corosync-paused', 'gather-stuck', 'services-synchronized', 'quorum-changed', 'members-listed', 'lrm-refreshed', 'lrm-status-changed', 'lock-lost', 'crm-status-changed', 'crm-node-changed', 'fencing-acknowledged', 'fence-ordered', 'watchdog-warned', 'watchdog-saved', 'watchdog-expired', 'reset-rehearsed', 'logged']);

/** From a line to events, to a record, to the view that a trial decides by. */
const agent: Parser = {
  name: 'agent', share: 1, throws: 'nothing', good: agentLines,
  read(text) {
    const view = labView(paperLab.nodes.map(({ name }) => name), ['pve1']);
    const readers = probes.map((probe) => probe.reader(pve1, paperLab));
    for (const line of text.toString('utf8').split('\n')) {
      const message: AgentMessage = readMessage(line, { bootUs: 0, realUs: 0 });
      if (typeof message.bootUs !== 'number' || message.kind === 'trouble' && typeof message.because !== 'string') return 'a message without a time';
      for (const body of readers.flatMap((read) => read(message))) {
        if (!types.has(body.type)) return `an event ${body.type}`;
        const event: Event = { at: [1, 1], by: 'pve1', ...dataWithoutSecrets(body) };
        view.update(event);
        const [again] = parseRecord(recordLine(event, 1)).events;
        if (JSON.stringify(again) !== JSON.stringify(event)) return 'an event that a record does not give back';
      }
    }
    return null;
  },
};

const netlink: Parser = {
  name: 'netlink', share: 2, throws: 'nothing', good: datagrams,
  read: (datagram) => decodeNetlink(datagram).every((change) => ['link', 'neighbour', 'qdisc', 'not understood'].includes(change.kind)) ? null : 'a change of no kind',
};

const corosync: Parser = {
  name: 'corosync and HA lines', share: 1, throws: 'nothing', good: corosyncLines,
  read(text) {
    const readers = probes.map((probe) => probe.reader(pve1, paperLab));
    for (const identifier of ['corosync', 'pve-ha-lrm', 'pve-ha-crm', 'watchdog-mux', 'kernel']) {
      const said: AgentMessage = { kind: 'journal', bootUs: 1, realUs: 1, identifier, priority: 6, text: text.toString('utf8') };
      for (const body of readers.flatMap((read) => read(said))) {
        if (Object.values(body).some((value) => typeof value === 'number' && Number.isNaN(value))) return `not a number in ${body.type}`;
      }
    }
    return null;
  },
};

const interfaces: Parser = {
  name: 'interfaces', share: 1, throws: 'Problem', good: interfacesTexts,
  read(input) {
    const text = input.toString('utf8');
    const stanza = bondStanza(text, 'bond0');
    const changed = withBond(text, 'bond0', paperScenario().bond);
    if (stanza === null) return 'a bond was changed that is not there';
    if (bondStanza(changed, 'bond0')?.mode !== '802.3ad') return 'the mode was not set';
    return withBond(changed, 'bond0', paperScenario().bond) === changed ? null : 'a second time it is changed again';
  },
};

const record: Parser = {
  name: 'record', share: 0.01, throws: 'nothing', good: goldenRecords,
  read(text) {
    const trial = { folder: 'trials/1', ...parseRecord(text.toString('utf8')) };
    const run = judgeRun([trial]);
    const whole = goldenRecords.some((good) => good.equals(text));
    if (!whole && run.trials[0]?.valid === true && Object.values(trial.damage).every((bad) => bad === false || bad === 0)) return 'a record that was changed counts';
    const files = reportFiles(run, [trial]);
    return files.length >= 4 && terminalText(run, { columns: 80, color: false, place: 'x' }) !== '' ? null : 'reports are missing';
  },
};

const undo: Parser = {
  name: 'undo entry', share: 0.5, throws: 'nothing', good: texts(undoEntry, formEntry),
  async read(text) {
    const { entries, unreadable } = await undoJournal(simulatedDisk({ files: { '/undo/a.json': text.toString('utf8') } }), '/undo').read();
    if (entries.length + unreadable.length !== 1) return 'an entry that is neither read nor unreadable';
    return entries.every(({ revert }) => revert.every(({ command }) => command.argv.every((word: unknown) => typeof word === 'string'))) ? null : 'a command whose words are none';
  },
};

const lab: Parser = {
  name: 'lab file', share: 0.3, throws: 'Problem', good: texts(hardwareLab, 'name: small\nworld: virtual\nnodes: 4\n'),
  read: (text) => loadLab(text.toString('utf8'), { file: 'x', home: '/home/ann', dialects: ['linux'] }).nodes.every(({ name }) => /^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) ? null : 'a name that is none',
};

const scenarioFile: Parser = {
  name: 'scenario file', share: 0.3, throws: 'Problem', good: texts('name: 802.3ad/x\nsummary: X.\nbond: {mode: 802.3ad, lacpRate: fast}\nports: {kind: lacp, rate: slow}\nfault: tx-silent\nforMs: 20000\nlab: {nodes: 5, class: isolated, victim: pve4}\n', 'name: broadcast\nsummary: X.\nbond: {mode: broadcast}\nfault: none\n'),
  read: (text) => /^[a-z0-9][a-z0-9./+-]{0,99}$/.test(loadScenario(text.toString('utf8'), { file: 'x', faults: ['tx-silent', 'none'] }).name) ? null : 'a name that is none',
};

const shown: Parser = {
  name: 'words that are shown', share: 1, throws: 'nothing', good: texts(everySecret, 'plain words'),
  read(text) {
    const words = withoutSecrets(text.toString('utf8'));
    if (words.length > 20 * text.length + 20) return 'words that grow';
    return /[\p{Cc}\p{Cf}\p{Cs}]/u.test(printable(words)) ? 'a control character' : null;
  },
};

const sealedPage = sealed('<!doctype html>\n<title>B</title>\n', '{}\n').page;

/** Nothing but the page that was signed is intact. */
const certificate: Parser = {
  name: 'certificate', share: 0.5, throws: 'nothing', good: texts(sealedPage),
  read(text) {
    const { differences } = verifyPage(readUtf8(text), null);
    return (differences.length === 0) === text.equals(Buffer.from(sealedPage)) ? null : 'a page that was changed, and is intact';
  },
};

/** What is read is what would be written. */
const manifest: Parser = {
  name: 'manifest', share: 0.5, throws: 'nothing', good: texts(manifestText([{ path: 'a/b.json', sha256: 'ff', bytes: 3 }, { path: 'c', sha256: '00', bytes: 0 }])),
  read(text) {
    const files = readManifest(readUtf8(text));
    return files === null || differencesOf(files, files).length === 0 ? null : 'a manifest that differs from itself';
  },
};

export const parsers: readonly Parser[] = [survey, switchHealth, oneWord, traces, quorum, agent, netlink, corosync, interfaces, record, undo, lab, scenarioFile, shown, certificate, manifest];

/** What came of one case: null, or what should not have. */
export const violation = async ({ read, throws }: Parser, text: Buffer): Promise<string | null> => {
  try {
    return await read(text);
  } catch (error) {
    if (error instanceof Problem && throws !== 'nothing') return null;
    // A plain Error has words of ours; a TypeError or RangeError is one that nobody thought of.
    if (throws === 'Error' && error instanceof Error && Object.getPrototypeOf(error) === Error.prototype) return null;
    return error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)} ${error.stack?.split('\n').find((line) => line.includes('/src/'))?.trim() ?? ''}` : 'something was thrown that is no Error';
  }
};

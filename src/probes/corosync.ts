// corosync's own account, from its journal lines. Wordings of corosync 3.1 and knet 1.25 to 1.35.

import type { Body } from '../model/event.ts';
import type { Lab, NodeId } from '../model/lab.ts';
import type { Probe } from './probe.ts';

export const corosync: Probe = {
  name: 'corosync',
  summary: 'knet links, token, memberships and quorum, from corosync\'s journal lines',
  reader: (_node, lab) => {
    const members = membersReader(lab);
    const isNews = linkMemory();
    return (message) => {
      if (message.kind !== 'journal' || message.identifier !== 'corosync') return [];
      // The format is "[SUBSYS] text", the subsystem padded to 6 (corosync, exec/main.c: "%7p [%6g] %b").
      const line = /^\s*\[([A-Z]+)\s*\] (.*)$/s.exec(message.text.trimEnd());
      if (!line) return [];
      const [, subsystem, text] = line as unknown as readonly [string, string, string];
      if (subsystem === 'QUORUM') {
        const listed = members(text);
        if (listed) return [listed];
      }
      for (const { from, form, body } of lines) {
        const match = from === subsystem ? form.exec(text) : null;
        if (match) return [body(match.slice(1), lab, text)].filter(isNews);
      }
      return [];
    };
  },
};

interface Line {
  readonly from: string;
  readonly form: RegExp;
  readonly body: (groups: readonly (string | undefined)[], lab: Lab, text: string) => Body;
}

const lines: readonly Line[] = [
  // libknet threads_heartbeat.c, _link_down.
  { from: 'KNET', form: /^link: host: (\d{1,10}) link: (\d{1,3}) is down$/, body: ([host, link], lab) => linkChanged(lab, host, link, false) },
  // libknet links.c, _link_updown, of each link that comes up, since 1.25 (kronosnet pull request 391).
  { from: 'KNET', form: /^link: Resetting MTU for link (\d{1,3}) because host (\d{1,10}) joined$/, body: ([link, host], lab) => linkChanged(lab, host, link, true) },
  // libknet threads_rx.c, process_pong, just before that one; of about half the links that came up corosync 3.1.9 with knet 1.31 did not log it.
  { from: 'KNET', form: /^(?:rx|link|heartbeat): host: (\d{1,10}) link: (\d{1,3}) is up$/, body: ([host, link], lab) => linkChanged(lab, host, link, true) },
  // totemsrp.c, timer_function_token_retransmit_timeout's warning.
  { from: 'TOTEM', form: /^Token has not been received in (\d{1,12}) ms$/, body: ([ms]) => ({ type: 'token-warned', ms: Number(ms) }) },
  {
    from: 'TOTEM',
    form: /^A processor failed, forming new configuration: token timed out \((\d{1,12})ms\), waiting \d+ms for consensus\.$/,
    body: ([ms]) => ({ type: 'token-lost', timeoutMs: Number(ms) }),
  },
  {
    from: 'TOTEM',
    form: /^A new membership \(([^)]+)\) was formed\. Members(?: joined:((?: \d+)+))?(?: left:((?: \d+)+))?$/,
    body: ([ring = '', joined, left], lab) => ({ type: 'membership-formed', ring, joined: nodes(lab, joined), left: nodes(lab, left) }),
  },
  { from: 'TOTEM', form: /^Process pause detected for (\d{1,12}) ms, flushing membership messages\.$/, body: ([ms]) => ({ type: 'corosync-paused', ms: Number(ms) }) },
  { from: 'MAIN', form: /^Corosync main process was not scheduled (?:\(@\d+\) )?for (\d{1,12}(?:\.\d{1,12})?) ms\b/, body: ([ms]) => ({ type: 'corosync-paused', ms: Number(ms) }) },
  { from: 'MAIN', form: /^Totem is unable to form a cluster because of /, body: (_, __, text) => ({ type: 'gather-stuck', text }) },
  { from: 'MAIN', form: /^Completed service synchronization, ready to provide service\.$/, body: () => ({ type: 'services-synchronized' }) },
  { from: 'QUORUM', form: /^This node is within the primary component and will provide service\.$/, body: () => ({ type: 'quorum-changed', quorate: true }) },
  { from: 'QUORUM', form: /^This node is within the non-primary component and will NOT provide any services\.$/, body: () => ({ type: 'quorum-changed', quorate: false }) },
];

/**
 * Lists too long for one line go on in the next, which says "Members[n]:" again, and all but the last end in a backslash
 * (vsf_quorum.c, log_view_list). What was cut off in the middle of a number is printed again as a whole.
 */
const membersReader = (lab: Lab): ((text: string) => Body | null) => {
  let before: readonly (readonly string[])[] = [];
  return (text) => {
    const match = /^Members\[(\d+)\]:((?: \d+)*)(\\?)$/.exec(text);
    if (!match) return null;
    const parts = [...before, words(match[2])];
    before = match[3] ? parts : [];
    if (match[3]) return null;
    const tooMany = parts.flat().length > Number(match[1]);
    const ids = tooMany ? parts.flatMap((part, i) => (i === parts.length - 1 ? part : part.slice(0, -1))) : parts.flat();
    return { type: 'members-listed', members: ids.map((id) => nameOf(lab, id)) };
  };
};

/** A link that comes up is logged in one line or in two: the second is no news. */
const linkMemory = (): ((body: Body) => boolean) => {
  const up = new Set<string>();
  return (body) => {
    if (body.type !== 'knet-link-changed') return true;
    const link = `${body.peer} ${body.link}`;
    const known = up.has(link);
    if (body.up) up.add(link);
    else up.delete(link);
    return !(body.up && known);
  };
};

const linkChanged = (lab: Lab, host: string | undefined, link: string | undefined, up: boolean): Body => ({ type: 'knet-link-changed', peer: nameOf(lab, host), link: Number(link), up });

const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter(Boolean);
const nodes = (lab: Lab, ids: string | undefined): readonly NodeId[] => words(ids).map((id) => nameOf(lab, id));
/** A member that the lab does not have keeps its number. */
const nameOf = (lab: Lab, id: string | undefined): NodeId => lab.nodes.find((node) => String(node.id) === id)?.name ?? String(id);

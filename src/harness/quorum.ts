// What `corosync-quorumtool -s` says of a node's quorum, and of a QDevice.

export interface QuorumSeen {
  readonly quorate: boolean;
  readonly members: number;
  /** Whether the QDevice votes on this node; null: no node has one. */
  readonly qdevice: 'votes' | 'silent' | null;
}

/**
 * Where a node has a QDevice the list of members has a column for it: alive or not, votes or not, wins as master or not, like `A,V,NMW` and `NA,NV,NMW`, or
 * `NR` of a node where none is registered (tools/corosync-quorumtool.c).
 */
export const quorumIn = (text: string): QuorumSeen => {
  const hasColumn = /^[ \t]*Nodeid[ \t]+Votes[ \t]+Qdevice[ \t]/m.test(text);
  return {
    quorate: /^Quorate:[ \t]+Yes\b/m.test(text),
    members: Number(/^Nodes:[ \t]+(\d{1,9})\b/m.exec(text)?.[1] ?? 0),
    qdevice: !hasColumn ? null : /^[ \t]*\d{1,10}[ \t]+\d{1,9}[ \t]+A,V,\S+[ \t].*\(local\)/m.test(text) ? 'votes' : 'silent',
  };
};

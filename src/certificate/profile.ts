// The profile pve-corosync-lacp as data. What it means is said in docs/profiles/pve-corosync-lacp.md, which a test holds against this.

export const profileName = 'pve-corosync-lacp';
export const profileVersion = 2;
/** Below the project's root. */
export const profilePath = 'docs/profiles/pve-corosync-lacp.md';

/** graded: the grade follows from it. control: it must be bad, or the rig is not measuring. report: it is told. */
export type CellRole = 'graded' | 'control' | 'report';

/** One scenario, and how many valid trials of it are wanted. */
export interface ProfileCell {
  readonly scenario: string;
  readonly trials: number;
  readonly role: CellRole;
  /** What falls silent; null: neither, or not in all it sends. */
  readonly silent: 'node' | 'switch' | null;
}

const cell = (scenario: string, role: CellRole, silent: ProfileCell['silent']): ProfileCell =>
  ({ scenario, role, silent, trials: role === 'graded' ? gradedTrials : 10 });

/** The least number of values whose greatest is above the 95th percentile with 95 % confidence (statistics/quantile.ts, valuesForUpperBound). */
export const gradedTrials = 59;

export const cells: readonly ProfileCell[] = [
  cell('802.3ad/fast-fast', 'graded', 'node'),
  cell('802.3ad/fast-fast/switch-tx-silent', 'graded', 'switch'),
  cell('802.3ad/slow-fast', 'report', 'node'),
  cell('802.3ad/fast-slow/switch-tx-silent', 'report', 'switch'),
  cell('802.3ad/fast-slow', 'control', 'node'),
  cell('802.3ad/slow-slow', 'control', 'node'),
  cell('802.3ad/slow-fast/switch-tx-silent', 'control', 'switch'),
  cell('802.3ad/slow-slow/switch-tx-silent', 'control', 'switch'),
  cell('802.3ad/fast-fast/coupled-off', 'report', null),
  cell('802.3ad/fast-fast/lacpdu-only', 'report', null),
  cell('802.3ad/fast-fast/data-only', 'report', null),
  cell('802.3ad/fast-fast/switch-rate-slow', 'report', null),
  cell('control/carrier-down', 'report', null),
  cell('control/none', 'report', null),
];

export const testIds = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10', 'C11', 'C12', 'C13', 'C14', 'C15', 'C16'] as const;
export type TestId = (typeof testIds)[number];

export const testTitles: Readonly<Record<TestId, string>> = {
  C0: 'wiring', C1: 'rate semantics, all four combinations', C2: 'the own time-out bit follows the knob', C3: 'a change of the rate', C4: 'the node falls silent',
  C5: 'the switch’s port falls silent', C6: 'conduct after lost LACPDUs', C7: 'only LACPDUs lost; only data lost', C8: 'intermittent loss of LACPDUs', C9: 'healing',
  C10: 'the cable is pulled', C11: 'restart of the control plane, reload, MLAG peer, ISSU',
  C12: 'load, 90 % of line rate with MAC and ARP churn', C13: 'static LAG and no LAG',
  C14: 'corosync recorded', C15: 'neighbour tables in slow failures', C16: 'restoring',
};

/** Without each of these there is no grade. */
export const indispensable: readonly TestId[] = ['C1', 'C4', 'C5', 'C6', 'C9', 'C14', 'C16'];

/** All in ms but `confidence` and `quantile`. */
export const limits = {
  quantile: 0.95, confidence: 0.95,
  gradeB: 6500, gradeC: 10_000, asymmetric: 30_000,
  /** A slow time-out of 90 s, less a period of 30 s (IEEE 802.1AX, 6.4.4: Long_Timeout_Time, Slow_Periodic_Time), less a second for clocks. */
  control: 59_000,
  rejoined: 35_000, carrier: 1000,
  /** LACP time-outs by rate (IEEE 802.1AX, 6.4.4: Short_Timeout_Time, Long_Timeout_Time). */
  timeout: { fast: 3000, slow: 90_000 },
  expiredLate: 500, defaultedLate: 1000,
  period: { fast: { least: 500, most: 1500 }, slow: { least: 20_000, most: 40_000 } },
} as const;

export const validMonths = 24;

// A mistake or a misfortune that a person can mend: told in four parts, never as a stack trace.

/** Exit codes of the command line; the README's table names them. */
export const exitCodes = {
  ok: 0,
  notAllValid: 1,
  usage: 2,
  setup: 3,
  device: 4,
  busy: 5,
  resources: 6,
  signerUnknown: 7,
  internal: 70, // EX_SOFTWARE of sysexits.h: a fault of bondproof itself
  interrupted: 130, // 128 + SIGINT, as shells report it
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface ProblemParts {
  /** What was asked, as the user would say it: `labs/rack.yaml:7:9`, `connect to pve1`. */
  readonly asked: string;
  readonly found: string;
  /** What would have been right. */
  readonly right?: string;
  /** The next thing to do, a command where there is one. */
  readonly todo?: string;
  readonly exitCode: ExitCode;
}

/** Thrown for what a user can mend; everything else that is thrown is a defect of bondproof. */
export class Problem extends Error {
  readonly parts: ProblemParts;

  constructor(parts: ProblemParts, options?: ErrorOptions) {
    const { asked, found, right, todo } = parts;
    super([`${asked}: ${found}`, right && `  right would be: ${right}`, todo && `  what to do: ${todo}`].filter(Boolean).join('\n'), options);
    this.name = 'Problem';
    this.parts = parts;
  }
}

// A fault does nothing: it plans a change and declares what must be seen for it to count.

import type { Change } from '../model/command.ts';
import type { Lab, Link } from '../model/lab.ts';
import type { Injector, Proof } from '../model/scenario.ts';
import type { Dialect } from '../switches/dialect.ts';

export interface Fault {
  /** What the wire sees, in kebab-case. */
  readonly name: string;
  readonly summary: string;
  /** Those that can make it; where there is one, it does so whatever is asked for. None where the fault has a way of its own. */
  readonly injectors: readonly Injector[];
  /** Whether a lab's switch can have it, null being a passive one; absent: any can. */
  readonly possible?: (dialect: Dialect | null) => boolean;
  proof(injector: Injector): Proof;
  plan(link: Link, where: { readonly lab: Lab; readonly dialect: Dialect | null; readonly injector: Injector }): Change;
}

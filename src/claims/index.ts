// Every claim there is, in the order of their ids.

import { c01 } from './c01.ts';
import { c02 } from './c02.ts';
import { c03 } from './c03.ts';
import { c04 } from './c04.ts';
import { c05 } from './c05.ts';
import { c06 } from './c06.ts';
import { c07 } from './c07.ts';
import { c08 } from './c08.ts';
import { c09 } from './c09.ts';
import { c10 } from './c10.ts';
import { c11 } from './c11.ts';
import { c12 } from './c12.ts';
import { c13 } from './c13.ts';
import { c14 } from './c14.ts';
import { c15 } from './c15.ts';
import { c17 } from './c17.ts';
import { c18 } from './c18.ts';
import { c19 } from './c19.ts';
import { c20 } from './c20.ts';
import { c21 } from './c21.ts';
import { c22 } from './c22.ts';
import { c23 } from './c23.ts';
import { c24 } from './c24.ts';
import { c28 } from './c28.ts';
import type { Claim } from './claim.ts';
import { u01 } from './u01.ts';
import { u02 } from './u02.ts';
import { u03 } from './u03.ts';
import { u04 } from './u04.ts';
import { u05 } from './u05.ts';
import { u06 } from './u06.ts';
import { u07 } from './u07.ts';
import { u08 } from './u08.ts';
import { u09 } from './u09.ts';
import { u10 } from './u10.ts';
import { u11 } from './u11.ts';
import { u12 } from './u12.ts';
import { u13 } from './u13.ts';
import { u14 } from './u14.ts';
import { u15 } from './u15.ts';
import { u16 } from './u16.ts';
import { untestedHa } from './untested-ha.ts';

export const claims: readonly Claim[] = [
  c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, ...c11, c12, c13, c14, c15, c17, c18, c19, c20, c21, c22, c23, c24, c28,
  u01, u02, u03, u04, u05, u06, u07, u08, u09, u10, u11, u12, u13, u14, u15, u16,
  ...untestedHa,
].toSorted((a, b) => a.id < b.id ? -1 : 1);

export const isOfClaim = (claim: Claim, { name }: { readonly name: string }): boolean => claim.cells.some(({ scenario }) => scenario === name);

// A program for virtual-lab.test.ts: brings up the lab that its argument tells and says so. `stay` ends then and leaves the lab up;
// `own` waits to be killed, with the lab tied to it.

import { randomBytes } from 'node:crypto';
import type { Lab } from '../../src/model/lab.ts';
import { bringUp, bringUpToStay, type LabImage, type VirtualEnv } from '../../src/worlds/virtual/up.ts';

const order = JSON.parse(process.argv[2]!) as { readonly stays: boolean; readonly lab: Lab; readonly image: LabImage; readonly env: Omit<VirtualEnv, 'randomBytes'> };
const env = { ...order.env, randomBytes };
const what = { lab: order.lab, image: order.image, signal: new AbortController().signal };
const { folder, record } = order.stays ? await bringUpToStay(what, env) : await bringUp(what, env);
process.stdout.write(`${JSON.stringify({ folder, record })}\n`);
if (!order.stays) setInterval(() => undefined, 1_000_000);

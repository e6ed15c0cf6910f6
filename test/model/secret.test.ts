import test from 'ava';
import fc from 'fast-check';

import { dataWithoutSecrets, withoutSecrets } from '../../src/model/secret.ts';
import { canaries } from '../secrets/canaries.ts';

for (const { name, told, secret } of canaries) {
  test(`taken out wherever it stands: ${name}`, (t) => {
    for (const text of [told, `before ${told}`, `${told}\nafter`, `a\n${told}\nz`]) t.false(withoutSecrets(text).includes(secret), withoutSecrets(text));
  });
}

const evidence: readonly string[] = [
  '[TOTEM ] A processor failed, forming new configuration: token timed out (3000ms), waiting 3600ms for consensus.',
  '[TOTEM ] Token has not been received in 2250 ms',
  '[TOTEM ] A new membership (1.2c) was formed. Members joined: 2 left: 3',
  '[KNET  ] link: host: 2 link: 0 is down',
  'status change active => lost_agent_lock',
  "successfully acquired lock 'ha_agent_pve1_lock'",
  'client (PID 412) watchdog expired - disable watchdog updates',
  'qdisc netem b0d: dev eth1 root refcnt 2 limit 1000 loss 100%\nmtu 1500\ntx_queue_len 1000\ncarrier 1',
  'connect to pve1 (root@192.0.2.1:22): its host key is SHA256:0XGVD4581FgXszfAiOS8xyFFgimOnr7BWIbPwnSJTYY (ssh-ed25519); nothing was sent to it',
  'a marker copied from another machine: made for aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2, this is aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1',
  'boot 3e4f9f1c-0f0e-4d0c-9c59-5d8c7bb5a1aa of /usr/lib/modules/6.14.8-2-pve/kernel/drivers/net/ethernet/intel/ixgbe/ixgbe.ko',
  'the private key cannot be used: it is encrypted with a passphrase',
  'TCP: request_sock_TCP: Possible SYN flooding on port 8006. Sending cookies.',
];

for (const text of evidence) test(`evidence stays as it is: ${text.slice(0, 60)}`, (t) => t.is(withoutSecrets(text), text));

test('data keeps its form; names of fields are cleaned as well', (t) => {
  const data = JSON.parse('{"a":["password=x y",1,null,true],"token PVEAPIToken=u!t=v":{"b":"c"},"__proto__":"secret: z"}') as object;
  t.deepEqual(JSON.stringify(dataWithoutSecrets(data)), '{"a":["password=[secret removed] y",1,null,true],"token PVEAPIToken=[secret removed]":{"b":"c"},"__proto__":"secret: [secret removed]"}');
});

test('a short text is treated like a part of a longer one', (t) => {
  const pieces = canaries.flatMap(({ told, secret }) => [told, secret, ...told.split(/(?<=[\s:=%.!/-])/)]);
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 3 }).map((parts) => parts.join('').slice(0, 60));
  fc.assert(fc.property(text, (short) => {
    const line = ' '.repeat(40);
    // Spaces before it make it a text that is looked at closely, and belong to no form.
    fc.pre(!/\s/.test(short));
    t.is(withoutSecrets(`${line}\n${short}`), `${line}\n${withoutSecrets(short)}`);
  }), { numRuns: 2000 });
});

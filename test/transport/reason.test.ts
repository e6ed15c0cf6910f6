import test from 'ava';
import { isFinal, reasonOf } from '../../src/transport/reason.ts';

const socketError = (code: string) => Object.assign(new Error(`connect ${code} 192.0.2.1:22`), { code, level: 'client-socket' });
const sshError = (level: string, message: string) => Object.assign(new Error(message), { level });

const errors: readonly (readonly [error: Error, reason: string, final: boolean])[] = [
  [socketError('ECONNREFUSED'), 'connection refused', false],
  [socketError('EHOSTUNREACH'), 'no route to the host', false],
  [socketError('ETIMEDOUT'), 'no answer to the connection request', false],
  [socketError('EAI_AGAIN'), 'the name server does not answer', false],
  [socketError('ENOTFOUND'), 'no such host name', true],
  [socketError('EWHATEVER'), 'connect EWHATEVER 192.0.2.1:22', false],
  [sshError('client-timeout', 'Keepalive timeout'), 'it stopped answering (keepalives went unanswered)', false],
  [sshError('client-authentication', 'All configured authentication methods failed'), 'it accepts none of the offered keys', true],
  [sshError('handshake', 'Handshake failed: no matching host key format'), 'Handshake failed: no matching host key format', true],
];
for (const [error, reason, final] of errors) {
  test(`says "${reason}" of ${error.message}, ${final ? 'for good' : 'for now'}`, (t) => {
    t.is(reasonOf(error), reason);
    t.is(isFinal(error), final);
  });
}

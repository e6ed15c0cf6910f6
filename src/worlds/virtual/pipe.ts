// A program for ssh's ProxyCommand: connects its standard input and output with the UNIX socket that is its argument.

import { connect } from 'node:net';

const [, , path] = process.argv;
const socket = connect({ path: path ?? '', allowHalfOpen: true });
socket.on('error', (error) => {
  process.stderr.write(`${path ?? 'no socket given'}: ${error.message}\n`);
  process.exit(1);
});
process.stdin.pipe(socket).pipe(process.stdout);
socket.on('end', () => process.exit(0));

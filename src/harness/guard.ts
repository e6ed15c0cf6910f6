// The dead man: an undo that a device carries out by itself when nobody comes back for it in time.

import type { Action, Command } from '../model/command.ts';
import { shellText } from '../transport/quote.ts';

/**
 * Arms the undo of one device as a transient service that ends after `capMs` and then runs it. Not a timer: on-active timers
 * slip with every reload of the service manager (systemd issue 31914); RuntimeMaxSec does not, and ExecStopPost runs even when
 * the service is killed (systemd.service(5)). Armed before, it is armed anew: its time begins again, and at no moment is there no undo to be found.
 */
export const armUndo = (token: string, actions: readonly Action[], capMs: number): Command => ({
  argv: ['sh', '-euc', armScript, 'bondproof-arm', token, String(Math.ceil(capMs / 1000))],
  stdin: undoText(token, actions),
});

/** Takes the undo back, whether or not it is there. Says `fired BEGAN ENDED` when the device already carried it out. */
export const disarmUndo = (token: string): Command => ({ argv: ['sh', '-c', disarmScript, 'bondproof-disarm', token] });

/**
 * The undo as a script. Every line is tried, whatever became of those before it. What is left in `.fired` is when it began and ended, in
 * seconds since the boot (proc_uptime(5)), and the numbers of the lines that a device refused.
 */
export const undoText = (token: string, actions: readonly Action[]): string => [
  'read -r began rest < /proc/uptime; refused=',
  ...actions.map(({ command, accept = [0] }, n) => {
    const line = command.stdin === undefined ? shellText(command.argv) : `printf %s ${shellText([command.stdin])} | ${shellText(command.argv)}`;
    return `${line}; case $? in ${accept.join('|')}) ;; *) refused="$refused ${n + 1}";; esac`;
  }),
  `read -r ended rest < /proc/uptime; echo "$began $ended$refused" > /run/bondproof/${token}.fired`,
  '',
].join('\n');

// /run is a tmpfs: after a reset neither the undo nor the fault is there.
const armScript = `
umask 077; mkdir -p /run/bondproof; undo=/run/bondproof/$1.undo; was=/run/bondproof/was-$1.undo
cat > "$undo.new"
# Of another name, so that the old service's end does not run it, and whoever looks for undos sees it.
if [ -e "$undo" ]; then mv "$undo" "$was"; fi
systemctl stop "bondproof-undo-$1" 2> /dev/null || true
mv "$undo.new" "$undo"
systemd-run --quiet --collect --unit="bondproof-undo-$1" -p RuntimeMaxSec="$2" -p TimeoutStopSec=60 -p "ExecStopPost=/bin/sh $undo" sleep infinity
rm -f "$was"
`;

// Without the file the service's end undoes nothing: that is how it is taken back.
const disarmScript = `
rm -f "/run/bondproof/$1.undo" "/run/bondproof/was-$1.undo"
systemctl stop "bondproof-undo-$1" 2> /dev/null
[ -e "/run/bondproof/$1.fired" ] && echo "fired $(cat "/run/bondproof/$1.fired")"
rm -f "/run/bondproof/$1".*
rmdir /run/bondproof 2> /dev/null
exit 0
`;

/** The actions by device, in order. */
export const byDevice = (actions: readonly Action[]): ReadonlyMap<string, readonly Action[]> => Map.groupBy(actions, ({ device }) => device);

// How the agent gets onto a node: as text over the channel it then speaks on. Nothing is installed, nothing is left.

import { readFileSync } from 'node:fs';

import type { Command } from '../model/command.ts';

const modules = ['stamps', 'speech', 'probes', 'burst', 'frames', 'rtnetlink', 'slaves', 'journal', 'lrm', 'delivery', 'agent'] as const;

let text: string | null = null;

/** What goes to the command's standard input first: the modules as one JSON object. AgentConfig and AgentOrders follow, one a line. */
export const agentSource = (): string =>
  text ??= JSON.stringify(Object.fromEntries(modules.map((name) => [name, readFileSync(new URL(`node/${name}.py`, import.meta.url), 'utf8')])));

/**
 * The command that reads `agentSource()`, exactly so many bytes, and becomes the agent. -I and -S: no environment, no user's or
 * site's packages, and a quicker start; -u: no buffers.
 */
export const agentCommand = (): Command => ({
  argv: ['python3', '-I', '-S', '-u', '-c', bootstrap(Buffer.byteLength(agentSource()))],
});

const bootstrap = (bytes: number): string => `
import json, os, sys
from importlib.machinery import ModuleSpec
class Sent:
    def find_spec(self, name, path, target=None):
        return ModuleSpec(name, self) if name in sent else None
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        exec(compile(sent[module.__name__], module.__name__ + '.py', 'exec'), module.__dict__)
text = b''
while len(text) < ${bytes}:
    more = os.read(0, ${bytes} - len(text))
    if not more:
        sys.exit('the agent was not sent whole')
    text += more
sent = json.loads(text)
sys.meta_path.insert(0, Sent())
import agent
agent.main()
`;

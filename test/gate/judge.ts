// The gate's own judgement of commands, asked of its real text by a Python that runs none of them.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Asked { readonly argv: readonly string[]; readonly input: string }

/** Null: the command goes through as it is; else what the gate says. */
export type Refusal = (asked: Asked) => Promise<string | null>;

export interface Judges extends AsyncDisposable {
  /** The gate with this text, on a device whose /etc/network/interfaces is `interfaces` at present. */
  gate(text: string, interfaces: string): Refusal;
}

const program = `
import json, os, sys
gates = []
def memory(text):
    fd = os.memfd_create('text')
    os.write(fd, text.encode('utf-8', 'surrogateescape'))
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
for line in sys.stdin:
    asked = json.loads(line)
    if 'gate' in asked:
        gates.append({'__name__': 'gate'})
        exec(compile(asked['gate'], 'gate', 'exec'), gates[-1])
        gates[-1]['INTERFACES'] = f'/proc/self/fd/{memory(asked["interfaces"])}'
        continue
    gate = gates[asked['of']]
    fd = memory(asked['input'])
    try:
        command, head = gate['decide'](asked['argv'], fd)
        said = None if command == asked['argv'] else f'it would run {command}'
    except gate['Refused'] as refused:
        said = str(refused)
    os.close(fd)
    print(json.dumps(said), flush=True)
`;

/** One Python for all gates of a test: its start takes longer than thousands of answers. */
export const startJudges = (): Judges => {
  const python = spawn('python3', ['-I', '-S', '-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => python.on('close', resolve));
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const say = (what: object): boolean => python.stdin.write(`${JSON.stringify(what)}\n`);
  let last: Promise<unknown> = Promise.resolve();
  let gates = 0;
  return {
    gate(text, interfaces) {
      const of = gates++;
      say({ gate: text, interfaces });
      return ({ argv, input }) => {
        say({ of, argv, input });
        const answer = last.then(async () => {
          const { value, done } = await answers.next();
          if (done) throw new Error(`the gate ended over ${JSON.stringify(argv).slice(0, 300)}`);
          return JSON.parse(value) as string | null;
        });
        last = answer.catch(() => undefined);
        return answer;
      };
    },
    async [Symbol.asyncDispose]() {
      python.stdin.end();
      await ended;
    },
  };
};

// What a command does on a simulated machine, and what it says.

export interface Said { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

/** What a command does, in steps: a command that is cut in the middle has done some of them. */
export type Steps = readonly (() => void)[];

export interface Doing { readonly steps: Steps; readonly said: () => Said }

export const ok = (stdout = ''): Said => ({ exitCode: 0, stdout, stderr: '' });
export const refused = (stderr: string, exitCode = 2): Said => ({ exitCode, stdout: '', stderr });

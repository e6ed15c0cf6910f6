// How far a build is, from what the programs say that carry it out.

/** How far: `share` from 0 to 1, of the whole way. */
export interface Progress { readonly share: number; readonly doing: string }

/** Parts of the way, by how long they take (measured on two cores; the mirror was near). */
export const ways = { find: [0, 0.04], fetch: [0.04, 0.06], unpack: [0.06, 0.14], configure: [0.14, 0.18], compile: [0.18, 0.99], prove: [0.99, 1] } as const;

/** `part`, from 0 to 1, of one of the ways. */
export const along = ([from, to]: readonly [number, number], part: number): number => from + (to - from) * Math.min(1, Math.max(0, part));

/** The part, from 0 to 1, of a download that apt speaks of: `dlstatus:COUNT:PERCENT:TEXT` (APT::Status-Fd, apt's README.progress-reporting). Null: another line. */
export const downloadPart = (line: string): number | null => {
  const percent = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1];
  return percent === undefined ? null : Number(percent) / 100;
};

/** The file that a line of make's says is being made, as `  CC      net/core/dev.o` (scripts/Kbuild.include, `quiet_cmd`). Null: another line. */
export const madeFile = (line: string): string | null => /^ {2}[A-Z][A-Z0-9_]*(?: \[\w+\])? +(\S+)$/.exec(line)?.[1] ?? null;

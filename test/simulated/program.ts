/** A long-lived program on a simulated machine, from the machine's side. */
export interface Program {
  hear(line: string): void;
  inputEnded(): void;
}

import type { Readable, Writable } from 'node:stream';

/** A person's terminal, or what stands in for it in a script: the parts of `process` that a command uses. */
export interface Session {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  /** What is not the result stays out of its way. */
  readonly stderr: Writable;
}

export const say = (stream: Writable, ...lines: readonly string[]): void => {
  for (const line of lines) stream.write(`${line}\n`);
};

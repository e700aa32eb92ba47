import { createInterface } from 'node:readline';
import type { Session } from './session.ts';

/** Asks a person. Only `y` or `yes` is a yes; the end of the input and Ctrl-C are a no. */
export const confirm = (question: string, { stdin, stdout }: Pick<Session, 'stdin' | 'stdout'>): Promise<boolean> => {
  const reader = createInterface({ input: stdin, output: stdout, terminal: stdout.isTTY ?? false });
  // Not `reader.question`: its promise stays pending when the input ends.
  return new Promise((resolve) => {
    let answer: string | undefined;
    reader.once('line', (line) => {
      answer = line;
      reader.close();
    });
    reader.once('SIGINT', () => reader.close());
    reader.once('close', () => {
      if (answer === undefined) stdout.write('\n');
      resolve(/^\s*y(es)?\s*$/i.test(answer ?? ''));
    });
    reader.setPrompt(`${question} [y/N] `);
    reader.prompt();
  });
};

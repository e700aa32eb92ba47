import { join } from 'node:path';
import * as z from 'zod';
import { createGitServer } from '#local/git-server/server.ts';
import { generate } from './generate.ts';
import { openSlowLine, type SlowLine } from './slow-line.ts';

/** What the process with the server is asked, and what it answers. */
export const askedSchema = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('repository'), files: z.int() }),
  z.object({ ask: z.literal('line'), roundTripMs: z.number() }),
  z.object({ ask: z.literal('traffic') }),
]);

export const answeredSchema = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('repository'), path: z.string(), directory: z.string() }),
  z.object({ answer: z.literal('line'), url: z.string() }),
  z.object({ answer: z.literal('traffic'), requests: z.int(), connections: z.int(), pushes: z.int() }),
  z.object({ answer: z.literal('failure'), message: z.string() }),
]);

export type Asked = z.infer<typeof askedSchema>;
export type Answered = z.infer<typeof answeredSchema>;

/** The server's process: it must take no time from the contenders' event loop, nor they from the server's. */
const serve = async (root: string): Promise<void> => {
  const counted = { requests: 0, pushes: 0 };
  const server = await createGitServer({
    root: join(root, 'served'),
    intercept: () => {
      counted.requests += 1;
      return undefined;
    },
    onPush: () => {
      counted.pushes += 1;
    },
  });
  const lines: SlowLine[] = [];

  const answer = async (asked: Asked): Promise<Answered> => {
    switch (asked.ask) {
      case 'repository': {
        const { name, directory } = await server.createRepository(`acme/gitops-${asked.files}`);
        await generate(directory, asked.files);
        return { answer: 'repository', path: `/${name}.git`, directory };
      }
      case 'line': {
        const line = await openSlowLine(server.url, asked.roundTripMs);
        lines.push(line);
        return { answer: 'line', url: line.url };
      }
      case 'traffic': {
        const connections = lines.reduce((sum, line) => sum + line.connections(), 0);
        return { answer: 'traffic', ...counted, connections };
      }
    }
  };

  process.on('message', (message) => {
    answer(askedSchema.parse(message)).then(
      (answered) => process.send?.(answered),
      (error: unknown) => process.send?.({ answer: 'failure', message: String(error) }),
    );
  });
  // A terminal interrupts both processes: this one ends when the other has let go of it.
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => {
    void Promise.all([...lines.map((line) => line.close()), server.close()]).finally(() => process.exit());
  });
};

const [, , root] = process.argv;
if (process.send !== undefined && root !== undefined) await serve(root);

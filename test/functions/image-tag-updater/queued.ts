import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyEvent } from '#events/event.ts';
import { createHandler } from '#functions/image-tag-updater/handler.ts';
import { createGitServer, type GitServerOptions } from '#local/git-server/server.ts';
import { createWriter } from '#shared/gitops/writer.ts';
import { configOf } from '../rollback-trigger/deployment.ts';
import { context, runtimeOf } from '../rollback-trigger/runtime.ts';
import { batchOf, manifest, manifestOf } from './gitops.ts';
import { expectNothingLost } from './nothing-lost.ts';
import { noPullRequests } from './pull-requests.ts';

interface Message {
  readonly request: AnyEvent;
  readonly received: number;
}

interface Options {
  readonly services?: readonly string[];
  readonly tries?: number;
}

type Faults = Pick<GitServerOptions, 'intercept'>;

/**
 * The function behind a fake queue that is as unkind as SQS: it hands out in any order that it is told, twice if it is told,
 * and ten times at most. Two functions share one temporary folder, and neither remembers what it has done.
 */
export const openQueued = async (faults: Faults, { services = ['checkout'], tries }: Options = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'queued-test-'));
  const server = await createGitServer({ root: join(folder, 'served'), ...faults });
  const files = Object.fromEntries(services.map((name) => [manifest(name), manifestOf(name, { app: 0 })]));
  const served = await server.createRepository('acme/gitops', { files });
  const { PATH } = process.env;
  const config = configOf(Object.fromEntries(services.map((name) => [name, {}])));

  const published: AnyEvent[] = [];
  const requests = new Map<string, AnyEvent>();
  const returned: number[] = [];
  const aside: { readonly request: AnyEvent; readonly reason: string }[] = [];
  const dead: AnyEvent[] = [];
  let queue: Message[] = [];

  const start = () => {
    const writer = createWriter({ directory: join(folder, 'warm'), environment: { PATH }, tries });
    return createHandler({
      runtime: runtimeOf('image-tag-updater', async (events) => {
        published.push(...events);
      }),
      config: async () => config,
      stage: 'dev',
      returnAfter: async (_message, seconds) => void returned.push(seconds),
      setAside: async ({ body }, { message }) => void aside.push({ request: JSON.parse(body).detail, reason: message }),
      ...noPullRequests,
      write: (_gitops, wishes, signal) =>
        writer.write({ name: 'main', url: served.url, branch: 'main' }, wishes, signal),
    });
  };
  const handlers = [start(), start()];

  /** One batch for one of the two functions, which has so many milliseconds. */
  const hand = async (messages: readonly Message[], which: number, milliseconds: number): Promise<void> => {
    const { Records } = batchOf(...messages.map(({ request }) => request));
    for (const [at, { attributes }] of Records.entries())
      attributes.ApproximateReceiveCount = String(messages[at]!.received + 1);
    const { batchItemFailures } = await handlers[which]!(
      { Records },
      { ...context, getRemainingTimeInMillis: () => milliseconds },
    );
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const [at, { request, received }] of messages.entries()) {
      if (!failed.has(Records[at]!.messageId)) continue;
      if (received + 1 >= 10) dead.push(request);
      else queue.push({ request, received: received + 1 });
    }
  };

  return {
    served,
    published,
    returned,
    aside,
    dead,
    waiting: (): number => queue.length,
    send: (...events: readonly AnyEvent[]): void => {
      for (const event of events) {
        requests.set(event.id, event);
        queue.push({ request: event, received: 0 });
      }
    },
    /** Hands out what is in the queue: to one function, or half to each at the same time. */
    deliver: async ({ to = 1, milliseconds = 20_000 } = {}): Promise<void> => {
      const messages = queue;
      queue = [];
      const parts =
        to === 1 ? [messages] : [messages.filter((_, at) => at % 2 === 0), messages.filter((_, at) => at % 2)];
      await Promise.all(
        parts.map((part, which) => (part.length > 0 ? hand(part, which, milliseconds) : Promise.resolve())),
      );
    },
    /** What a person does who has mended the reason. */
    redrive: (): void => {
      for (const { request } of aside.splice(0)) queue.push({ request, received: 0 });
    },
    expectNothingLost: async (foreign: readonly string[] = []): Promise<void> => {
      const kept = [...queue, ...aside].map(({ request }) => request.id);
      await expectNothingLost(served, { requests: [...requests.values()], published, kept, foreign });
    },
    read: async (path: string): Promise<string> => (await served.read(path)).toString(),
    end: async (): Promise<void> => {
      await server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

export type Queued = Awaited<ReturnType<typeof openQueued>>;

import type { IncomingMessage, ServerResponse } from 'node:http';
import { shows } from './authorization.ts';
import { answer, type Broken, type createBackends, feed } from './backend.ts';
import { readBody, TooLarge } from './body.ts';
import { acceptedUpdates, createTape, type RefUpdate } from './push.ts';
import type { ServedRepository } from './repository.ts';
import { type GitRequest, type Route, routeOf } from './route.ts';

/**
 * What goes wrong with a request: another answer, none ever (`hang`), a connection that ends before it (`reset`) or in its
 * middle (`cut`), or an answer whose second half never comes (`stall`).
 */
export type Fault = { status: number; headers?: Record<string, string> } | 'hang' | 'reset' | Broken;

export interface Hooks {
  /** Once for each push that changed something, when its refs can be seen. */
  onPush?: (repository: ServedRepository, updates: RefUpdate[]) => void | Promise<void>;
  /** After a client has seen the refs, before its push is processed: the moment in which somebody else is faster. */
  beforePush?: (repository: ServedRepository) => void | Promise<void>;
  intercept?: (request: GitRequest) => Fault | undefined | Promise<Fault | undefined>;
}

interface Dependencies extends Hooks {
  root: string;
  /** The largest request, unzipped. */
  maxBytes: number;
  backends: ReturnType<typeof createBackends>;
  find(name: string): ServedRepository | undefined;
}

const refuse = (response: ServerResponse, status: number, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...headers }).end();
};

const isAllowed = (
  { token, tokens, private: closed }: ServedRepository,
  asked: Route,
  authorization: string | undefined,
) =>
  token === undefined ||
  (asked.kind === 'fetch' && !closed) ||
  [token, ...tokens].some((valid) => shows(authorization, valid));

/** Answers git's requests: faults first, then the token, then `git http-backend`. */
export const createService = ({ root, maxBytes, backends, find, onPush, beforePush, intercept }: Dependencies) => {
  const relay = async (
    asked: Route,
    broken: Broken | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    const tapes = { sent: createTape(), answered: createTape() };
    const protocol = request.headers['git-protocol'];
    const child = backends.start({
      ...asked,
      root,
      contentType: request.headers['content-type'],
      protocol: typeof protocol === 'string' ? protocol : undefined,
    });
    const fed = feed(child, readBody(request, maxBytes), tapes.sent).catch((error: unknown) => {
      backends.kill(child);
      if (error instanceof TooLarge && !response.headersSent) refuse(response, 413);
    });
    await Promise.all([fed, answer(child, response, { tape: tapes.answered, broken })]);
    return acceptedUpdates(tapes.sent.played(), tapes.answered.played());
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = routeOf(request);
    const repository = asked && find(asked.repository);
    if (asked === undefined || repository === undefined) return refuse(response, 404);
    const fault = await intercept?.({ repository: repository.name, kind: asked.kind, step: asked.step });
    if (fault === 'hang') return;
    if (fault === 'reset') return void request.socket.destroy();
    if (typeof fault === 'object') return refuse(response, fault.status, fault.headers);
    if (!isAllowed(repository, asked, request.headers.authorization))
      return refuse(response, 401, { 'www-authenticate': 'Basic realm="git"' });
    const isPush = asked.kind === 'push' && asked.step === 'pack';
    if (isPush) await beforePush?.(repository);
    const updates = await relay(asked, fault, request, response);
    if (isPush && updates.length > 0) await onPush?.(repository, updates);
  };
};

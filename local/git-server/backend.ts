import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { serverEnvironment } from './run-git.ts';

/** One request as the CGI program `git http-backend` wants it. */
export interface CgiRequest {
  root: string;
  method: string;
  path: string;
  query: string;
  contentType: string | undefined;
  protocol: string | undefined;
}

export interface Recorder {
  record(chunk: Buffer): void;
}

/** Every child leads a process group of its own, so that git's own children end with it. */
export const createBackends = () => {
  const running = new Set<ChildProcessWithoutNullStreams>();
  const kill = (child: ChildProcessWithoutNullStreams): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, 'SIGKILL');
  };
  return {
    start(request: CgiRequest): ChildProcessWithoutNullStreams {
      const child = spawn('git', ['http-backend'], { env: cgiEnvironment(request), detached: true });
      running.add(child);
      child.once('close', () => running.delete(child));
      child.stdin.on('error', () => undefined); // git may answer before it has read everything
      child.stderr.resume();
      return child;
    },
    kill,
    async close(): Promise<void> {
      const gone = [...running].map((child) => once(child, 'close'));
      for (const child of running) kill(child);
      await Promise.all(gone);
    },
  };
};

const cgiEnvironment = ({ root, method, path, query, contentType, protocol }: CgiRequest): Record<string, string> => ({
  ...serverEnvironment(root),
  GIT_PROJECT_ROOT: root,
  GIT_HTTP_EXPORT_ALL: '1',
  PATH_INFO: path,
  QUERY_STRING: query,
  REQUEST_METHOD: method,
  ...(contentType === undefined ? {} : { CONTENT_TYPE: contentType }),
  ...(protocol === undefined ? {} : { GIT_PROTOCOL: protocol }),
});

const tap = (tape: Recorder | undefined) =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      tape?.record(chunk);
      done(null, chunk);
    },
  });

/** Sends a request's body to the program; what is cut off on the way never looks complete to git. */
export const feed = (
  child: ChildProcessWithoutNullStreams,
  body: Readable,
  tape: Recorder | undefined,
): Promise<void> => pipeline(body, tap(tape), child.stdin);

const writeHead = (response: ServerResponse, head: string): void => {
  const fields = head.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const status = fields.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  const headers = fields.filter(([name]) => name.toLowerCase() !== 'status');
  response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers));
};

/** Listeners that only one of two events would take off would pile up on a long answer. */
const send = (response: ServerResponse, chunk: Buffer): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed || response.write(chunk)) return resolve();
    const goOn = (): void => {
      response.off('drain', goOn).off('close', goOn);
      resolve();
    };
    response.on('drain', goOn).on('close', goOn);
  });

/** How an answer breaks off in the middle of its body's first bytes: the connection ends, or nothing comes any more. */
export type Broken = 'cut' | 'stall';

/**
 * Passes the program's answer on, head first. A client that went away stops nothing: a push that git has taken is
 * taken.
 */
export const answer = async (
  child: ChildProcessWithoutNullStreams,
  response: ServerResponse,
  { tape, broken }: { tape: Recorder | undefined; broken: Broken | undefined },
): Promise<void> => {
  const closed = once(child, 'close');
  let half = false;
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of child.stdout) {
    let body: Buffer = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, body]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) continue;
      if (!response.destroyed) writeHead(response, head.toString('latin1', 0, end));
      body = head.subarray(end + 4);
      head = undefined;
    }
    tape?.record(body);
    if (half) continue;
    if (broken !== undefined && body.length > 0 && !response.destroyed) {
      half = true;
      const left = broken === 'cut' ? () => response.destroy() : () => undefined;
      response.write(body.subarray(0, Math.ceil(body.length / 2)), left);
    } else await send(response, body);
  }
  const [code] = await closed;
  if (broken === 'stall' && half) return;
  if (broken === 'cut' || (code !== 0 && response.headersSent)) response.destroy();
  else if (head !== undefined) response.writeHead(500).end();
  else response.end();
};

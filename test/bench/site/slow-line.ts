import { once } from 'node:events';
import { createServer, type Socket, connect as tcpConnect } from 'node:net';
import * as z from 'zod';

export interface SlowLine {
  readonly url: string;
  /** How many connections clients have opened. */
  connections(): number;
  close(): Promise<void>;
}

/** Hands on what comes, each piece when it is due, never one before the other. `undefined` is the end. */
const createDelay = (dueAt: () => number, deliver: (piece: Buffer | undefined) => void) => {
  const waiting: { at: number; piece: Buffer | undefined }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = undefined;
    while (waiting[0] !== undefined && waiting[0].at <= performance.now()) deliver(waiting.shift()?.piece);
    if (waiting[0] !== undefined) timer = setTimeout(next, Math.max(0, waiting[0].at - performance.now()));
  };
  return {
    take: (piece: Buffer | undefined): void => {
      waiting.push({ at: dueAt(), piece });
      if (timer === undefined) next();
    },
    drop: (): void => clearTimeout(timer),
  };
};

const relay = (from: Socket, to: Socket, dueAt: () => number): void => {
  const delay = createDelay(dueAt, (piece) => {
    if (to.destroyed) return;
    if (piece === undefined) to.end();
    else to.write(piece);
  });
  from.on('data', delay.take);
  from.once('end', () => delay.take(undefined));
  from.once('error', () => to.destroy());
  from.once('close', () => {
    if (from.errored) delay.drop();
  });
};

/**
 * A way to a server on loopback that takes as long as a network: half a round trip for each direction, and a whole one
 * before a new connection carries anything, as TCP's handshake does. It has no limit of bandwidth.
 */
export const openSlowLine = async (target: string, roundTripMs: number): Promise<SlowLine> => {
  const { port: targetPort, hostname } = new URL(target);
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    opened += 1;
    const shaken = performance.now() + roundTripMs;
    const upstream = tcpConnect({ host: hostname, port: Number(targetPort), allowHalfOpen: true, noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    relay(client, upstream, () => Math.max(performance.now(), shaken) + roundTripMs / 2);
    relay(upstream, client, () => performance.now() + roundTripMs / 2);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => opened,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

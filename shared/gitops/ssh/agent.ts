import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshKey } from './private-key.ts';
import { createReader, string, uint32 } from './wire.ts';

/** Message numbers and flags of the agent's protocol (draft-ietf-sshm-ssh-agent). */
const failure = 5;
const requestIdentities = 11;
const identitiesAnswer = 12;
const signRequest = 13;
const signResponse = 14;
const wantsSha256 = 2;

/** Far more than anything that is signed for a login. */
const longestMessage = 64 * 1024;

const message = (type: number, ...parts: readonly Buffer[]): Buffer =>
  string(Buffer.concat([Buffer.from([type]), ...parts]));

/** It shows its one key, signs with it, and does nothing else. */
const answer = (key: SshKey, request: Buffer): Buffer => {
  const read = createReader(request);
  const type = read.byte();
  if (type === requestIdentities)
    return message(identitiesAnswer, uint32(1), string(key.publicBlob), string('fairlead'));
  if (type !== signRequest) return message(failure);
  const [blob, data, flags] = [read.string(), read.string(), read.uint32()];
  if (!blob.equals(key.publicBlob)) return message(failure);
  return message(signResponse, string(key.sign(data, (flags & wantsSha256) === 0 ? 'sha512' : 'sha256')));
};

const converse = (key: SshKey, socket: Socket): void => {
  let pending = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    try {
      while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE()) {
        const length = pending.readUInt32BE();
        socket.write(answer(key, pending.subarray(4, 4 + length)));
        pending = pending.subarray(4 + length);
      }
      if (pending.length > longestMessage) socket.destroy();
    } catch {
      socket.destroy(); // what is no message of the protocol gets no answer
    }
  });
};

export interface SshAgent {
  /** For `SSH_AUTH_SOCK`. */
  readonly socket: string;
  /** A file of the host keys. They are public. */
  readonly knownHosts: string;
  close(): Promise<void>;
}

/**
 * An ssh-agent in this process, in a folder that is this user's alone: ssh signs with the key and never has it, and it is in no
 * file. It ends with `close`.
 */
export const startAgent = async (key: SshKey, knownHosts: readonly string[]): Promise<SshAgent> => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-ssh-')); // mode 0700
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    converse(key, socket);
  });
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [socket, file] = [join(folder, 'agent'), join(folder, 'known_hosts')];
    await writeFile(file, `${knownHosts.join('\n')}\n`, { mode: 0o600 });
    server.listen(socket);
    await once(server, 'listening');
    return { socket, knownHosts: file, close };
  } catch (error) {
    await close();
    throw error;
  }
};

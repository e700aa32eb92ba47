import type { Connection } from './connection.ts';
import type { GitObject } from './objects.ts';
import { delimiter, flush, packet, payloadsOf } from './packets.ts';
import { readPack } from './read-pack.ts';

const command = (name: string, args: readonly string[]): Buffer =>
  Buffer.concat([packet(`command=${name}\n`), delimiter, ...args.map((line) => packet(`${line}\n`)), flush]);

/** The commit of a branch: `ls-refs` of protocol version 2. */
export const askForHead = async (connection: Connection, branch: string): Promise<string> => {
  const ref = `refs/heads/${branch}`;
  const answer = await connection.post('git-upload-pack', command('ls-refs', [`ref-prefix ${ref}`]));
  const lines = payloadsOf(answer).map((line) => line.toString('utf8').trim());
  const [id] = lines.find((line) => line.endsWith(` ${ref}`))?.split(' ') ?? [];
  if (id === undefined) throw new Error(`the server has no ${ref}`);
  return id;
};

/** Objects and what belongs to them, as far as `args` (`deepen 1`, `filter …`) let it: `fetch` of protocol version 2. */
export const fetchObjects = async (
  connection: Connection,
  wants: readonly string[],
  args: readonly string[],
): Promise<Map<string, GitObject>> => {
  const lines = [...wants.map((id) => `want ${id}`), ...args, 'ofs-delta', 'no-progress', 'done'];
  const payloads = payloadsOf(await connection.post('git-upload-pack', command('fetch', lines)));
  const start = payloads.findIndex((payload) => payload.toString('latin1') === 'packfile\n');
  if (start < 0) throw new Error(`no pack: ${Buffer.concat(payloads).toString('utf8')}`);
  // From here on a payload's first byte names its band: 1 is the pack, 3 an error.
  const bands = payloads.slice(start + 1);
  const failure = bands.find(([band]) => band === 3);
  if (failure !== undefined) throw new Error(failure.toString('utf8', 1));
  return readPack(Buffer.concat(bands.filter(([band]) => band === 1).map((payload) => payload.subarray(1))));
};

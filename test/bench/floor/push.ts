import type { Connection } from './connection.ts';
import { flush, packet, payloadsOf } from './packets.ts';
import { type Sent, writePack } from './write-pack.ts';

/** Moves a branch from one commit to another, if it is still there: one request, without asking for the refs first. */
export const pushObjects = async (
  connection: Connection,
  { branch, before, after }: { branch: string; before: string; after: string },
  objects: readonly Sent[],
): Promise<void> => {
  const update = packet(`${before} ${after} refs/heads/${branch}\0report-status agent=floor`);
  const answer = await connection.post('git-receive-pack', Buffer.concat([update, flush, writePack(objects)]));
  const report = payloadsOf(answer).map((line) => line.toString('utf8').trim());
  if (!report.includes(`ok refs/heads/${branch}`)) throw new Error(`the push was not taken: ${report.join(' · ')}`);
};

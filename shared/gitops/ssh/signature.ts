import { createHash } from 'node:crypto';
import type { SshKey } from './private-key.ts';
import { string, uint32 } from './wire.ts';

const magic = Buffer.from('SSHSIG');

/** What `ssh-keygen -Y sign -n git` writes: an armoured signature (OpenSSH's PROTOCOL.sshsig), which Git verifies. */
export const signForGit = (key: SshKey, content: Buffer): string => {
  const about = [string('git'), string(''), string('sha512')];
  const digest = createHash('sha512').update(content).digest();
  const signature = key.sign(Buffer.concat([magic, ...about, string(digest)]));
  const blob = Buffer.concat([magic, uint32(1), string(key.publicBlob), ...about, string(signature)]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----'].join('\n');
};

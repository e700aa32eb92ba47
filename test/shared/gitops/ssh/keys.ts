import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether OpenSSH's own tools are here: they write the keys and check the signatures. */
export const hasOpenssh = spawnSync('ssh-keygen', ['-?']).error === undefined;

export const kinds = [
  ['ed25519', []],
  ['ecdsa', ['-b', '256']],
  ['ecdsa', ['-b', '521']],
  ['rsa', ['-b', '2048']],
] as const;

/** A key pair as `ssh-keygen` makes it. Its files are the test's own; Fairlead gets the text. */
export const generateKey = (folder: string, name: string, options: readonly string[] = ['-t', 'ed25519']) => {
  const file = join(folder, name);
  const passphrase = options.includes('-N') ? [] : ['-N', ''];
  execFileSync('ssh-keygen', ['-q', ...options, ...passphrase, '-C', 'fairlead', '-f', file]);
  return { file, text: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
};

import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';

/** What git needs of our environment; nobody's own configuration, credentials or hooks reach a served repository. */
export const serverEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: home,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
});

/** Runs git in a folder and gives what it printed; throws with git's own words when it fails. */
export const runGit = async (directory: string, args: readonly string[], input?: Buffer): Promise<Buffer> => {
  const child = spawn('git', args, { cwd: directory, env: serverEnvironment(directory) });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined); // git may end before it has read everything: its exit code tells
  child.stdin.end(input);
  const [code, output, complaint] = await Promise.all([exited, buffer(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`git ${args[0]} failed in ${directory}: ${complaint.trim()}`);
  return output;
};

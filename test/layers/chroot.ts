import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a command in a chroot came to; a command that fails is a result here. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in a root folder, with these variables alone. Needs to be root. */
export const runIn = async (
  root: string,
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile('/usr/sbin/chroot', [root, program, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
    child.stdin?.on('error', () => undefined).end(input);
  });

/** The shared libraries of a binary, as the dynamic linker finds them here. */
const librariesOf = async (binary: string): Promise<string[]> =>
  (await run('ldd', [binary])).stdout.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);

const addFiles = async (root: string, files: readonly string[]): Promise<void> => {
  for (const file of new Set(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), await readFile(file), { mode: 0o755 });
  }
};

/** What of glibc a program may load that /bin/sh does not. */
const glibc = /\/lib(?:m|dl|pthread|rt|resolv)\.so\.\d$/;

/**
 * The layer as Lambda lays it out, in a folder that holds nothing else but an empty /tmp and /dev/null. A layer whose git is a
 * script, as `from-debian` makes it, gets /bin/sh, glibc and /dev/urandom, which Lambda has. Returns what is there, for people.
 */
export const layOut = async (root: string, layer: string): Promise<string> => {
  for (const folder of ['opt', 'tmp', 'dev']) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'dev/null'), '');
  await run('unzip', ['-q', '-o', layer, '-d', join(root, 'opt')]);
  if ((await readFile(join(root, 'opt/bin/git'))).subarray(0, 2).toString() !== '#!') return 'nothing but the layer';
  const libraries = await librariesOf('/bin/sh');
  const beside = dirname(libraries.find((library) => library.endsWith('/libc.so.6')) ?? '/lib');
  const rest = (await readdir(beside)).map((name) => join(beside, name)).filter((file) => glibc.test(file));
  await addFiles(root, ['/bin/sh', ...libraries, ...rest]);
  await run('mknod', ['-m', '666', join(root, 'dev/urandom'), 'c', '1', '9']);
  return 'nothing but the layer, a shell, glibc and /dev/urandom';
};

/** Adds Node and AWS's Runtime Interface Client with the libraries that they need, and nothing else of this machine. */
export const addRuntime = async (root: string, runtimeClient: string): Promise<void> => {
  const node = join(root, 'var/lang/bin/node');
  await mkdir(join(root, 'proc'));
  await mkdir(dirname(node), { recursive: true });
  await copyFile(process.execPath, node);
  await cp(runtimeClient, join(root, 'var/runtime'), { recursive: true, dereference: true });
  await addFiles(root, [
    ...(await librariesOf(process.execPath)),
    ...(await librariesOf(join(runtimeClient, 'rapid-client.node'))),
  ]);
};

/** Files below a folder that hold one of these texts. */
export const filesWith = async (folder: string, texts: readonly string[]): Promise<string[]> => {
  const patterns = texts.flatMap((text) => ['-e', text]);
  const found = await run('grep', ['-rlaF', ...patterns, folder]).catch((error: { code?: number; stdout?: string }) => {
    if (error.code === 1) return { stdout: '' };
    throw error;
  });
  return (found.stdout ?? '').split('\n').filter(Boolean);
};

import { parseArgs } from 'node:util';
import * as z from 'zod';
import { parseConfig } from '#shared/config/parse.ts';
import { readConfigFiles } from '../../build/read-config.ts';
import { secrets } from '../secrets.ts';
import { repositoryName } from '../world/world.ts';
import { findRunning, type Running } from './running.ts';

/**
 * `npm run merge -- [number] [--close] [--method squash]`: what a person does with a pull request of Fairlead on the running
 * local GitHub. Without a number: with the only one that is open.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { close: { type: 'boolean', default: false }, method: { type: 'string', default: 'merge' } },
});

const pullSchema = z.object({ number: z.int(), title: z.string(), html_url: z.string() });
const problemSchema = z.object({ message: z.string() });

const ask = async ({ githubApi }: Running, path: string, method = 'GET', body?: object): Promise<unknown> => {
  const response = await fetch(`${githubApi}/repos/${path}`, {
    method,
    headers: { authorization: `Bearer ${secrets.gitops}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`GitHub: ${problemSchema.parse(answer).message}.`);
  return answer;
};

const openPulls = async (running: Running) => {
  const { gitops } = parseConfig(await readConfigFiles(running.config), running.stage);
  const names = [...new Set(Object.values(gitops).map(({ repository }) => repositoryName(repository)))];
  const lists = names.map(async (name) =>
    z
      .array(pullSchema)
      .parse(await ask(running, `${name}/pulls`))
      .map((pull) => ({ ...pull, name })),
  );
  return (await Promise.all(lists)).flat();
};

const act = async (): Promise<string> => {
  const running = await findRunning();
  if (running === undefined) throw new Error('Nothing is running: type `npm start` in another terminal first.');
  const open = await openPulls(running);
  const wanted = positionals[0] === undefined ? open : open.filter(({ number }) => String(number) === positionals[0]);
  const [pull, ...others] = wanted;
  if (pull === undefined || others.length > 0) {
    const list = open.map(({ number, title, name }) => `\n  ${number}  ${title} (${name})`).join('');
    throw new Error(open.length === 0 ? 'No pull request is open.' : `Which one? These are open:${list}`);
  }
  const path = `${pull.name}/pulls/${pull.number}`;
  if (values.close) await ask(running, path, 'PATCH', { state: 'closed' });
  else await ask(running, `${path}/merge`, 'PUT', { merge_method: values.method });
  return `#${pull.number} "${pull.title}" is ${values.close ? 'closed' : 'merged'}.`;
};

try {
  process.stdout.write(`${await act()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

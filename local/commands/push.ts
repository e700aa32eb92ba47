import { parseArgs } from 'node:util';
import { parseConfig } from '#shared/config/parse.ts';
import { readConfigFiles } from '../../build/read-config.ts';
import { pushService } from '../delivery.ts';
import { findRunning } from './running.ts';

/**
 * `npm run push -- <service> [--bad]`: another commit through the chain, by a real `git push` to the running local GitHub.
 * What is built of a bad one answers 500, so that it fails its smoke tests.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { bad: { type: 'boolean', default: false } },
});

const push = async (): Promise<string> => {
  const running = await findRunning();
  if (running === undefined) throw new Error('Nothing is running: type `npm start` in another terminal first.');
  const { services } = parseConfig(await readConfigFiles(running.config), running.stage);
  const pushable = services.filter(({ source }) => source !== undefined);
  const service = pushable.find(({ name }) => name === (positionals[0] ?? pushable[0]?.name));
  if (service === undefined) {
    throw new Error(
      `There is no service ${positionals[0]} to push to. There are: ${pushable.map(({ name }) => name).join(', ')}.`,
    );
  }
  const { commit, repository } = await pushService(running.github, service, values);
  return `${commit.slice(0, 7)} was pushed to ${repository}. Watch it travel in the terminal of \`npm start\`.`;
};

try {
  process.stdout.write(`${await push()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const definitionsSchema = z.array(z.object({ name: z.string(), examples: z.array(z.unknown()) }));

/** What GitHub really sent, of one product: `api.github.com`, or an old server of one's own (`ghes-35`). */
export const realPayloads = (product = 'api.github.com') => {
  const url = import.meta.resolve('@octokit/webhooks-examples').replace('api.github.com', product);
  const definitions = definitionsSchema.parse(JSON.parse(readFileSync(fileURLToPath(url), 'utf8')));
  return definitions.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })));
};

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { eventSchemasFolder, renderDocuments } from './documents.ts';

/** `npm run docs`: writes what is generated from the catalog of events and the schemas of the configuration. */
const root = join(import.meta.dirname, '../..');

// A kind that is no more leaves no schema behind.
await rm(join(root, eventSchemasFolder), { recursive: true, force: true });
const documents = renderDocuments();
for (const [path, text] of documents) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
process.stdout.write(`${documents.size} files written\n`);

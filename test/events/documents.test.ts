import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { functions, kinds } from '#events/catalog.ts';
import { eventSchemasFolder, renderDocuments } from '../../build/docs/documents.ts';
import { renderPlatformSchema, renderServiceSchema } from '../../build/docs/schemas.ts';

const root = join(import.meta.dirname, '../..');

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the generated files', () => {
  test.each([...renderDocuments()])('%s is up to date (npm run docs writes it)', (path, text) => {
    expect(read(path)).toBe(text);
  });

  test('have no schema of a kind that is no more', () => {
    expect(readdirSync(join(root, eventSchemasFolder)).sort()).toEqual(
      kinds.map(({ detailType }) => `${detailType}.json`).sort(),
    );
  });

  test('name every function and every kind in docs/events.md', () => {
    const text = read('docs/events.md');
    for (const name of Object.keys(functions)) expect(text).toContain(`functions/${name}/README.md`);
    for (const { detailType, says } of kinds) expect(text).toContain(`${says} | [\`${detailType}\`]`);
  });
});

describe('the schemas for editors', () => {
  const compile = (schema: string) => {
    const ajv = new Ajv2020({ allErrors: true });
    addFormats.default(ajv);
    return ajv.compile(JSON.parse(schema));
  };

  test('take the example', () => {
    const platform = compile(renderPlatformSchema());
    const service = compile(renderServiceSchema());
    platform(parse(read('examples/acme/fairlead.yaml')));
    expect(platform.errors).toBe(null);
    service(parse(read('examples/acme/services/checkout.yaml')));
    expect(service.errors).toBe(null);
  });

  test('refuse a key that Fairlead does not know', () => {
    expect(compile(renderPlatformSchema())({ gitops: {}, teams: {}, gitop: {} })).toBe(false);
    expect(compile(renderServiceSchema())({ checkout: { team: 'pay', images: {}, environment: {} } })).toBe(false);
  });
});

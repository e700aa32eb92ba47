import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { functions } from '#events/catalog.ts';
import { readFunction, readYaml, root, type Statement } from './stack.ts';

const names = Object.keys(functions);

const stack = z
  .object({ functions: z.record(z.string(), z.string()), resources: z.array(z.unknown()) })
  .parse(readYaml('serverless.yml'));

const actionsOf = (statement: Statement): string[] => (typeof statement === 'string' ? [] : [statement.Action].flat());

test('every folder under functions/ is in the catalog, and the other way round', () => {
  const folders = readdirSync(join(root, 'functions'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(names.toSorted());
});

test('serverless.yml has every function of the catalog, with its resources, and no other', () => {
  expect(stack.functions).toEqual(
    Object.fromEntries(names.map((name) => [name, `\${file(functions/${name}/function.yml):function}`])),
  );
  const included = stack.resources.filter(
    (resource) => typeof resource === 'string' && resource.includes('functions/'),
  );
  expect(included.toSorted()).toEqual(names.map((name) => `\${file(functions/${name}/function.yml):resources}`).sort());
});

describe.each(names)('%s', (name) => {
  test.each(['index.ts', 'handler.ts', 'function.yml', 'README.md'])('has its %s', (file) => {
    expect(existsSync(join(root, 'functions', name, file))).toBe(true);
  });

  test('says in its README what it consumes and produces, and what happens when it fails', () => {
    const readme = readFileSync(join(root, 'functions', name, 'README.md'), 'utf8');
    for (const heading of ['Consumes', 'Produces', 'Configuration', 'When it fails', 'Peculiarities'])
      expect(readme).toMatch(new RegExp(`^(#+ |\\*\\*)${heading}\\b`, 'm'));
  });

  test('runs its own bundle, packed alone', () => {
    const { handler, package: packed, resources } = readFunction(name);
    expect(handler).toBe(`dist/${name}/index.handler`);
    expect(packed.patterns).toEqual([`dist/${name}/**`]);
    const taken = names.filter((other) => other !== name && existsSync(join(root, 'functions', other, 'function.yml')));
    for (const other of taken)
      for (const resource of Object.keys(resources)) expect(readFunction(other).resources).not.toHaveProperty(resource);
  });

  test('is given what it needs, and no more', () => {
    const { statements, destinations, environment } = readFunction(name);
    const { produces } = functions[name]!;
    expect(statements.includes(`\${self:custom.publishes}`)).toBe(produces.length > 0);
    expect(statements.includes(`\${self:custom.reportsItsFailures}`)).toBe(
      destinations !== undefined || environment.FAILURE_QUEUE !== undefined,
    );
    expect(statements.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
    for (const statement of statements) {
      if (typeof statement === 'string' || actionsOf(statement).every((action) => needsAnyResource.has(action)))
        continue;
      expect(JSON.stringify(statement.Resource)).not.toMatch(/"\*"/);
    }
    expect(statements.flatMap(actionsOf)).toContain('logs:PutLogEvents');
  });

  test('keeps what it fails on, if Lambda would drop it', () => {
    const { rules, queues, routes, destinations } = readFunction(name);
    const invokedByRules = queues.length === 0 && rules.length > 0;
    expect(destinations !== undefined).toBe(invokedByRules);
    if (invokedByRules) expect(JSON.stringify(destinations?.onFailure)).toContain('"Fn::GetAtt":"FailureQueue.Arn"');
    expect(rules.length + routes.length).toBeGreaterThan(0);
    for (const queue of queues) expect(queue.functionResponseType).toBe('ReportBatchItemFailures');
  });
});

/** What IAM has no resource for. */
const needsAnyResource = new Set(['ecr:GetAuthorizationToken']);

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { root } from './stack.ts';

interface Case {
  readonly path: string;
  /** One line; `x` in it stands for a name of its own. */
  readonly line: string;
}

const code = (paths: readonly string[], lines: readonly string[]): Case[] =>
  paths.flatMap((path) => lines.map((line) => ({ path, line })));

const imports = (paths: readonly string[], from: readonly string[]): Case[] =>
  code(
    paths,
    from.map((name) => `import { x } from '${name}';`),
  );

const parts = ['index', 'handler', 'decide', 'translate', 'argocd'].map((name) => `functions/one/${name}.ts`);
const cores = ['decide', 'translate', 'view'].map((name) => `functions/one/${name}.ts`);

const forbidden: Readonly<Record<string, readonly Case[]>> = {
  noRestrictedImports: [
    // No function imports another, and nothing imports local/.
    ...imports(parts, ['#functions/two/decide.ts', '../two/decide.ts', '#local/cloud.ts', '../../local/cloud.ts']),
    ...imports(['build/one.ts'], ['#local/cloud.ts', '../local/cloud.ts']),
    ...imports(['shared/config/one.ts'], ['#local/cloud.ts', '../../local/cloud.ts']),
    // functions → shared → events, never back.
    ...imports(['shared/config/one.ts'], ['#functions/one/decide.ts', '../../functions/one/decide.ts']),
    ...imports(['events/one.ts'], ['#shared/config/config.ts', '../shared/config/config.ts']),
    ...imports(['events/one.ts'], ['#functions/one/decide.ts', '../functions/one/decide.ts', '../local/cloud.ts']),
    // Only index.ts constructs a client.
    ...imports(['functions/one/handler.ts', ...cores], ['@aws-sdk/client-ssm', '@slack/web-api', 'simple-git']),
    // Cores and events are free of I/O, also of that which lies in shared/.
    ...imports(
      [...cores, 'events/one.ts'],
      ['node:fs', 'node:fs/promises', 'node:http', 'node:https', 'node:net', 'node:child_process'],
    ),
    ...imports([...cores, 'events/one.ts'], ['@middy/core', '@aws-lambda-powertools/logger', '@aws-sdk/lib-dynamodb']),
    ...imports(cores, ['#shared/clients/secrets.ts', '#shared/deliveries/deliveries.ts', '#shared/config/bundled.ts']),
    ...imports(cores, ['#shared/handlers/on-event.ts', '#shared/handlers/runtime.ts']),
  ],
  noProcessEnv: code(
    ['functions/one/handler.ts', 'functions/one/decide.ts', 'shared/config/one.ts', 'events/one.ts', 'build/one.ts'],
    ['export const x = process.env.TABLE;'],
  ),
  noBarrelFile: code(parts, ["export * from './decide.ts';"]),
  noDefaultExport: code(parts, ['export default 1;']),
  noExplicitAny: code(parts, ['export const x: any = 1;']),
  noNonNullAssertion: code(parts, ['export const x = parts[0]!;']),
  noConsole: code([...parts, 'shared/config/one.ts'], ["console.log('hello');"]),
};

/** What stays possible, so that no rule is simply too strict. */
const allowed: readonly Case[] = [
  ...imports(['functions/one/index.ts'], ['@aws-sdk/client-ssm', '#shared/clients/secrets.ts', './handler.ts']),
  ...code(['functions/one/index.ts', 'local/one.ts'], ['export const x = process.env;']),
  ...imports(
    ['functions/one/handler.ts'],
    ['#shared/handlers/on-event.ts', '#shared/clients/secrets.ts', './decide.ts'],
  ),
  ...imports(cores, ['#shared/handlers/outcome.ts', '#shared/handlers/errors.ts', '#shared/config/config.ts']),
  ...imports(cores, ['#shared/deliveries/deployment.ts', '#events/images.ts', './plan.ts', 'semver', 'node:path']),
  ...imports(['events/one.ts'], ['./event.ts', 'zod', 'uuid']),
  ...imports(['shared/clients/one.ts'], ['#events/event.ts', '#shared/handlers/errors.ts', '@aws-sdk/client-ssm']),
  ...imports(['local/one.ts'], ['#functions/one/decide.ts', '#shared/config/config.ts', 'node:fs']),
  ...imports(['build/one.ts'], ['#shared/config/parse.ts', '#events/catalog.ts', 'node:fs']),
];

const cases = [...Object.values(forbidden).flat(), ...allowed];

const reportSchema = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      location: z.object({ path: z.string(), start: z.object({ line: z.int() }).optional() }),
    }),
  ),
});

/** Runs the real Biome with the repository's rules over files that hold one case a line. Gives `path:line rule` of each find. */
const lint = async (files: ReadonlyMap<string, readonly string[]>): Promise<Set<string>> => {
  const folder = await mkdtemp(join(tmpdir(), 'imports-test-'));
  try {
    for (const file of ['biome.json', '.gitignore']) await copyFile(join(root, file), join(folder, file));
    for (const [path, lines] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), lines.join('\n'));
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const arguments_ = [biome, 'lint', '--reporter=json', '--max-diagnostics=none'];
    const output = await new Promise<string>((resolve) => {
      // It exits with 1, for it finds what it should.
      execFile(process.execPath, arguments_, { cwd: folder, maxBuffer: 1e8 }, (_, stdout) => resolve(stdout));
    });
    const { diagnostics } = reportSchema.parse(JSON.parse(output));
    return new Set(
      diagnostics.map(
        ({ category, location: { path, start } }) => `${path}:${start?.line} ${category.split('/').at(-1)}`,
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const files = new Map<string, string[]>();
for (const { path, line } of cases) {
  const lines = files.get(path) ?? [];
  files.set(path, [...lines, line.replace(/\bx\b/, `x${lines.length}`)]);
}

let found: ReadonlySet<string>;

beforeAll(async () => {
  found = await lint(files);
});

/** Where a case stands: all of one path are lines of one file. */
const placeOf = (one: Case): string => {
  const before = cases.slice(0, cases.indexOf(one)).filter(({ path }) => path === one.path);
  return `${one.path}:${before.length + 1}`;
};

describe.each(Object.entries(forbidden))('%s refuses', (rule, refused) => {
  test.each(refused)('$line in $path', (one) => {
    expect(found).toContain(`${placeOf(one)} ${rule}`);
  });
});

describe('no rule of architecture refuses', () => {
  test.each(allowed)('$line in $path', (one) => {
    const rules = Object.keys(forbidden).filter((rule) => found.has(`${placeOf(one)} ${rule}`));
    expect(rules).toEqual([]);
  });
});

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from './stack.ts';

/** What a file of shared/ asks of AWS, by the methods of what it creates. */
export interface Adapter {
  /** `createX(` in an index.ts is a function that has it. */
  readonly create: readonly string[];
  /** The type whose methods these are: `Pick<Type, 'method'>` says who has which, and the compiler holds them to it. */
  readonly type: string;
  readonly methods: Readonly<Record<string, readonly string[]>>;
}

const byIndex = 'dynamodb:Query@by-subject';

/** Who adds a call to one of these files adds it here, and to the roles of the functions that make it. */
export const adapters: Readonly<Record<string, Adapter>> = {
  'shared/clients/publisher.ts': {
    create: ['createPublishing', 'createRuntime'],
    type: 'Publishing',
    methods: { publish: ['events:PutEvents'] },
  },
  'shared/handlers/runtime.ts': {
    create: ['createRuntime'],
    type: 'Runtime',
    methods: {
      once: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action}@idempotency`),
    },
  },
  'shared/clients/secrets.ts': {
    create: ['createSecrets'],
    type: 'Secrets',
    methods: { get: ['ssm:GetParameters'], find: ['ssm:GetParameters'], pair: ['ssm:GetParameters'] },
  },
  'shared/clients/published-config.ts': {
    create: ['createConfigSource'],
    type: 'ReadPublished',
    methods: { read: ['s3:GetObject'] },
  },
  'shared/clients/codepipeline.ts': {
    create: ['createPipelines'],
    type: 'Pipelines',
    methods: { start: ['codepipeline:StartPipelineExecution'], revisions: ['codepipeline:GetPipelineExecution'] },
  },
  'shared/clients/lost-images.ts': {
    create: ['createLostImages'],
    type: 'LostImages',
    methods: { pushed: ['ecr:DescribeImages'], tell: ['lambda:InvokeFunction'] },
  },
  'shared/deliveries/deliveries.ts': {
    create: ['createDeliveries'],
    type: 'Deliveries',
    methods: {
      append: ['dynamodb:PutItem'],
      chain: ['dynamodb:Query'],
      bySubject: [byIndex],
      pushes: ['dynamodb:Query'],
      commits: ['dynamodb:Query'],
      deployment: ['dynamodb:GetItem'],
      record: ['dynamodb:UpdateItem'],
    },
  },
};

/** Short names of the document client. */
const ofDocuments: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  Query: 'Query',
};

/** What IAM calls the services of packages, where it has another name. */
const services: Readonly<Record<string, string>> = { eventbridge: 'events' };

/** What libraries call for us. */
const ofLibraries: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.getParametersByName\b/, ['ssm:GetParameters']],
  [/\bnew DynamoDBPersistenceLayer\b/, ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((a) => `dynamodb:${a}`)],
];

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const actionOf = (module: string, command: string, file: string): string => {
  if (module === 'lib-dynamodb') {
    const action = ofDocuments[command];
    if (action === undefined)
      throw new Error(`${file}: say in api-calls.ts what permission a ${command}Command needs.`);
    return `dynamodb:${action}`;
  }
  if (module === 'client-lambda' && command === 'Invoke') return 'lambda:InvokeFunction';
  const service = module.replace('client-', '');
  return `${services[service] ?? service}:${command}`;
};

/** The permissions that a file's own calls of AWS need: each command that it sends, on whatever path. */
export const actionsIn = (file: string): string[] => {
  const text = read(file);
  const imported = [...text.matchAll(/import (?:type )?\{([^}]*)\} from '@aws-sdk\/([^']+)'/g)];
  const sent = [...text.matchAll(/\bnew (\w+)Command\(/g)].map(([, command = '']) => {
    const [, , module] = imported.find(([, names = '']) => new RegExp(`\\b${command}Command\\b`).test(names)) ?? [];
    if (module === undefined) throw new Error(`${file}: which service's is ${command}Command?`);
    return actionOf(module, command, file);
  });
  const byLibraries = ofLibraries.flatMap(([pattern, actions]) => (pattern.test(text) ? actions : []));
  return [...new Set([...sent, ...byLibraries])].sort();
};

/** A function's own files: those of its folder that its index.ts leads to. */
export const filesOf = (name: string): string[] => {
  const folder = `functions/${name}`;
  const reached = new Set([`${folder}/index.ts`]);
  for (const file of reached)
    for (const [, from = ''] of read(file).matchAll(/\bfrom '(\.[^']+)'/g)) {
      const next = normalize(join(dirname(file), from));
      if (next.startsWith(folder) && existsSync(join(root, next))) reached.add(next);
    }
  return [...reached];
};

/** The methods of an adapter that a function's own code can call, by its types; all of them where it says nothing. */
const methodsFor = ({ type, methods }: Adapter, texts: readonly string[]): string[] => {
  const all = Object.keys(methods);
  const variable = `${type[0]?.toLowerCase()}${type.slice(1)}`;
  const picked = texts.flatMap((text) => [
    ...[...text.matchAll(new RegExp(`Pick<\\s*${type},([^>]*)>`, 'g'))].map(([, names = '']) => names),
    // `deliveries: { append(…): …; chain(…): … }`, and what index.ts hands on: `deliveries.chain`.
    ...[...text.matchAll(new RegExp(`\\b${variable}: \\{([^}]*)\\}`, 'g'))].map(([, body = '']) => body),
    ...[...text.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, 'g'))].map(([, method = '']) => method),
  ]);
  const named = all.filter((method) => picked.some((names) => new RegExp(`\\b${method}\\b`).test(names)));
  return named.length > 0 ? named : all;
};

/** What a function may ever ask of AWS: `action`, or `action@where` for what is not about what its service's calls are about. */
export const callsOf = (name: string): string[] => {
  const files = filesOf(name);
  const texts = files.map(read);
  const [index = ''] = texts;
  const shared = Object.values(adapters)
    .filter(({ create }) => create.some((factory) => index.includes(`${factory}(`)))
    .flatMap((adapter) => methodsFor(adapter, texts).flatMap((method) => adapter.methods[method] ?? []));
  return [...new Set([...shared, ...files.flatMap(actionsIn)])].sort();
};

/** What opens a GitOps repository is shared with the commands. */
const opening = 'shared/gitops/access.ts';

/** The secrets that a function may ask for, below the stage's prefix; whatever is put into a path is `any`. */
export const secretsOf = (name: string): string[] => {
  const own = filesOf(name);
  const opens = own.some((file) => read(file).includes(`from '#${opening}'`));
  return [...own, ...(opens ? [opening] : [])].flatMap((file) =>
    [...read(file).matchAll(/[`']((?:github|gitops|argocd|slack)\/[\w${}./-]+)[`']/g)].map(([, path = '']) =>
      path.replaceAll(/\$\{[^}]*\}/g, 'any'),
    ),
  );
};

/** The files of shared/ that call AWS. */
export const callingFiles = (): string[] =>
  globSync('shared/**/*.ts', { cwd: root })
    .filter((file) => actionsIn(file).length > 0)
    .sort();

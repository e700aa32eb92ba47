import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type AnyEvent, detailTypeOf } from '#events/event.ts';
import { artifactPublished } from '#events/images.ts';
import type { Environment } from '#shared/config/config.ts';
import type { Pushed } from '../delivery.ts';
import type { Fairlead } from '../fairlead.ts';
import { expectedTypes } from './expected-types.ts';
import { readManifests, type Witness } from './witness.ts';

type Check = (fairlead: Fairlead, witness: Witness, pushes: readonly Pushed[]) => Promise<string[]> | string[];

const ofChain = ({ events }: Witness, chain: string): AnyEvent[] =>
  events.filter(({ data }) => data.context.chainId === chain);

/** The tag that the pipeline gave each image of a delivery, by the image's repository. */
const tagsOf = (witness: Witness, { chain }: Pushed): Map<string, string> =>
  new Map(
    ofChain(witness, chain)
      .filter(artifactPublished.is)
      .map(({ data: { customData } }) => [customData.image.repository, customData.image.tag]),
  );

const causesFirst: Check = (_, { events, contradictions }) => {
  const seen = new Set<string>();
  const early = events.filter(({ id, data }) => {
    seen.add(id);
    return (data.context.links ?? []).some(({ from }) => !seen.has(from.contextId));
  });
  return [
    ...early.map(({ type, id }) => `${type} ${id} came before its cause`),
    ...contradictions.map((what) => `${what} was said twice, and differently`),
  ];
};

const typesComplete: Check = ({ config }, witness, pushes) =>
  pushes.flatMap((pushed) => {
    const count = new Map<string, number>();
    for (const { type } of ofChain(witness, pushed.chain)) {
      count.set(detailTypeOf(type), (count.get(detailTypeOf(type)) ?? 0) + 1);
    }
    const sharing = pushes.filter(({ chain }) => chain === pushed.chain).map(({ service }) => service);
    const expected = expectedTypes(config, sharing);
    return [...new Set([...expected.keys(), ...count.keys()])].flatMap((type) => {
      const { least, most } = expected.get(type) ?? { least: 0, most: 0 };
      const there = count.get(type) ?? 0;
      const wanted = least === most ? `${least}` : `${least} to ${most}`;
      return there >= least && there <= most ? [] : [`${pushed.service.name}: ${there} of ${type}, expected ${wanted}`];
    });
  });

const writes = ({ mode }: Environment): boolean => mode === 'write';

/** In the manifests made here the tag stands in the line below the image's name. */
const withTag = (manifest: string, repository: string, tag: string): string =>
  manifest.replace(new RegExp(`(${repository.replaceAll('.', '\\.')}\\n *(?:newTag|tag): )\\S+`), `$1${tag}`);

const manifestsExact: Check = async (fairlead, witness, pushes) => {
  const expected = new Map(witness.before);
  for (const pushed of pushes) {
    const tags = tagsOf(witness, pushed);
    for (const { gitops, edits } of pushed.service.environments.filter(writes)) {
      for (const edit of edits) {
        const key = `${gitops}:${'path' in edit ? `${edit.path}/kustomization.yaml` : edit.file}`;
        const images =
          'path' in edit ? Object.values(pushed.service.images) : [pushed.service.images[edit.image] ?? ''];
        for (const repository of images) {
          expected.set(key, withTag(expected.get(key) ?? '', repository, tags.get(repository) ?? 'nothing'));
        }
      }
    }
  }
  const now = await readManifests(fairlead);
  return [...expected].flatMap(([key, text]) =>
    now.get(key) === text ? [] : [`${key} is not what it was but for the tags:\n${now.get(key)}\nand not\n${text}`],
  );
};

const lockSchema = z.object({
  targets: z.record(
    z.string(),
    z.object({
      current: z.object({ tag: z.string() }),
      newest: z.object({ tag: z.string() }),
      holds: z.array(z.unknown()),
      images: z.array(z.object({ event: z.string() })),
    }),
  ),
});

const locksRight: Check = async ({ gitops }, witness, pushes) => {
  const wrong: string[] = [];
  for (const pushed of pushes) {
    const { name, images, environments } = pushed.service;
    const tags = tagsOf(witness, pushed);
    for (const environment of environments.filter(writes)) {
      const path = `.fairlead/${name}/${environment.name}.lock`;
      const text = (
        await gitops
          .get(environment.gitops)
          ?.read(path)
          .catch(() => undefined)
      )?.toString('utf8');
      const { targets = {} } = lockSchema.safeParse(text && JSON.parse(text)).data ?? {};
      for (const [target, repository] of Object.entries(images)) {
        const lock = targets[target];
        const tag = tags.get(repository);
        const right =
          tag !== undefined && lock?.current.tag === tag && lock.newest.tag === tag && lock.holds.length === 0;
        const known = lock?.images.some(({ event }) => witness.events.some(({ id }) => id === event));
        if (!right || !known) wrong.push(`${path} does not say that ${target} is ${tag}: ${text ?? 'it is not there'}`);
      }
    }
  }
  return wrong;
};

const commitId = /[0-9a-f]{40}/g;

const slackRight: Check = ({ slack }, witness, pushes) =>
  pushes.flatMap((pushed) => {
    const { name, environments } = pushed.service;
    const messages = slack.messages().filter(({ metadata }) => {
      const said = JSON.stringify(metadata ?? {});
      return said.includes(pushed.chain) && said.includes(`"${name}"`);
    });
    if (messages.length !== 1) return [`${name} has ${messages.length} messages in Slack, and should have one`];
    const text = messages[0]?.text ?? '';
    const healthy = environments.filter((environment) => writes(environment) && environment.applications.length > 0);
    const wanted = [
      `${name}: `,
      ...[...tagsOf(witness, pushed).values()].map((tag) => tag.replace(commitId, (commit) => commit.slice(0, 7))),
      ...(healthy.length > 0 ? [`healthy in ${healthy.map((environment) => environment.name).join(', ')}`] : []),
    ];
    return wanted.filter((part) => !text.includes(part)).map((part) => `Slack says "${text}", which lacks "${part}"`);
  });

const logComplete: Check = async ({ cloud }, { events }) => {
  const table = cloud.model.tables.find(({ name }) => name.endsWith('-deliveries'))?.name;
  const client = new DynamoDBClient({
    endpoint: cloud.endpoint,
    region: cloud.model.region,
    credentials: { accessKeyId: 'proof', secretAccessKey: 'proof' },
  });
  const logged: string[] = [];
  for (const chain of new Set(events.map(({ data }) => data.context.chainId))) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': { S: `CHAIN#${chain}` }, ':sk': { S: 'EVENT#' } },
      }),
    );
    logged.push(...Items.map(({ sk }) => sk?.S?.slice('EVENT#'.length) ?? ''));
  }
  client.destroy();
  const missing = events
    .filter(({ id }) => !logged.includes(id))
    .map(({ type, id }) => `${type} ${id} is not in the log`);
  return logged.length === events.length
    ? missing
    : [...missing, `${logged.length} events are logged, and ${events.length} happened`];
};

const nothingFailed: Check = (_, { failures }) => [...failures];

const checks: readonly (readonly [string, Check])[] = [
  ['every event came after its cause', causesFirst],
  ['every step of every delivery was told once', typesComplete],
  ['the GitOps repositories changed by the tags alone, byte for byte', manifestsExact],
  ['the locks name the new images', locksRight],
  ['each delivery has one Slack message, and it says how it ended', slackRight],
  ['the log holds every event once', logComplete],
  ['nothing failed on the way', nothingFailed],
];

/** Holds what was seen of deliveries that are over against what should have been. */
export const prove = async (fairlead: Fairlead, witness: Witness, pushes: readonly Pushed[]) => {
  const proven: string[] = [];
  const failures: string[] = [];
  if (pushes.length === 0)
    failures.push('no service of the configuration has a source and a build, so nothing was pushed');
  for (const [name, check] of checks) {
    const wrong = await check(fairlead, witness, pushes);
    if (wrong.length === 0) proven.push(name);
    failures.push(...wrong);
  }
  return { proven, failures };
};

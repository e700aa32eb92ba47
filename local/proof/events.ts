import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { detailTypeOf } from '#events/event.ts';
import { type Check, ofChain } from './check.ts';
import type { ExpectedTypes } from './expected-types.ts';

export const causesFirst: Check = (_, { events, contradictions }) => {
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

export const typesComplete =
  (expectedTypes: ExpectedTypes): Check =>
  (_, witness, pushes) =>
    pushes.flatMap((pushed) => {
      const count = new Map<string, number>();
      for (const { type } of ofChain(witness, pushed.chain)) {
        count.set(detailTypeOf(type), (count.get(detailTypeOf(type)) ?? 0) + 1);
      }
      const sharing = pushes.filter(({ chain }) => chain === pushed.chain).map(({ service }) => service);
      const expected = expectedTypes(sharing);
      return [...new Set([...expected.keys(), ...count.keys()])].flatMap((type) => {
        const { least, most } = expected.get(type) ?? { least: 0, most: 0 };
        const there = count.get(type) ?? 0;
        const wanted = least === most ? `${least}` : `${least} to ${most}`;
        return there >= least && there <= most
          ? []
          : [`${pushed.service.name}: ${there} of ${type}, expected ${wanted}`];
      });
    });

export const logComplete: Check = async ({ cloud }, { events }) => {
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

export const nothingFailed: Check = (_, { failures }) => [...failures];

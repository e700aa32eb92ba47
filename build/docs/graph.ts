import type { System } from '#events/catalog.ts';
import type { EventKind } from '#events/event.ts';
import { consumersOf, contracts, shortName } from './contracts.ts';

/** Mermaid's ids have no spaces. */
const idOf = (system: System): string => system.replaceAll(' ', '-');

/** One line for each thing that something happens to: `taskrun.started/finished`. */
const summarise = (kinds: readonly EventKind[]): string =>
  Object.entries(Object.groupBy(kinds, (kind) => shortName(kind).split('.')[0] ?? ''))
    .map(([thing, of = []]) => `${thing}.${of.map((kind) => shortName(kind).split('.')[1]).join('/')}`)
    .join('<br/>');

const systems = (): readonly System[] => [
  ...new Set(
    contracts.flatMap(([, { from, actsOn }]) => [from?.system, actsOn].filter((system) => system !== undefined)),
  ),
];

/** What a function produces, by who asks for it; what nobody asks for by name goes to those who take everything. */
const edgesFrom = (name: string, produces: readonly EventKind[]): string[] => {
  const told = produces.flatMap((kind) => {
    const consumers = consumersOf(kind);
    return (consumers.length > 0 ? consumers : ['everything']).map((consumer) => ({ consumer, kind }));
  });
  return Object.entries(Object.groupBy(told, ({ consumer }) => consumer)).map(([consumer, of = []]) => {
    const label = `"${summarise(of.map(({ kind }) => kind))}"`;
    return consumer === 'everything' ? `${name} -. ${label} .-> everything` : `${name} -- ${label} --> ${consumer}`;
  });
};

/** A Mermaid flowchart: functions are boxes, what stands outside is round, an edge is what one tells the other. */
export const renderGraph = (): string => {
  const lines = [
    ...systems().map((system) => `${idOf(system)}(["${system}"])`),
    ...contracts.map(([name]) => `${name}["${name}"]`),
    'everything{{"every event"}}',
    ...contracts.flatMap(([name, { from }]) => (from ? [`${idOf(from.system)} ==> ${name}`] : [])),
    ...contracts.flatMap(([name, { produces }]) => edgesFrom(name, produces)),
    ...contracts.flatMap(([name, { consumes }]) => (consumes === 'everything' ? [`everything -.-> ${name}`] : [])),
    ...contracts.flatMap(([name, { actsOn }]) => (actsOn ? [`${name} ==> ${idOf(actsOn)}`] : [])),
  ];
  return ['```mermaid', 'flowchart TD', ...lines.map((line) => `  ${line}`), '```'].join('\n');
};

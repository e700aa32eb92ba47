import { kinds } from '#events/catalog.ts';
import type { EventKind } from '#events/event.ts';
import { consumersOf, consumersOfEverything, contracts, producersOf, shortName } from './contracts.ts';
import { renderGraph } from './graph.ts';

const functionLink = (name: string): string => `[${name}](../functions/${name}/README.md)`;

const functionLinks = (names: readonly string[]): string => names.map(functionLink).join(', ');

const schemaLink = (kind: EventKind, text: string): string => `[${text}](../events/schemas/${kind.detailType}.json)`;

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const renderTable = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => row(...cells)).join('\n');

const renderKinds = (): string =>
  renderTable(
    ['What happened', 'Type', 'Subject', 'Produced by', 'Consumed by'],
    kinds.map((kind) => [
      kind.says,
      schemaLink(kind, `\`${kind.detailType}\``),
      kind.subject,
      functionLinks(producersOf(kind)),
      functionLinks(consumersOf(kind)),
    ]),
  );

const renderNames = (of: readonly EventKind[]): string =>
  of.map((kind) => schemaLink(kind, shortName(kind))).join(', ');

const renderFunctions = (): string =>
  renderTable(
    ['Function', 'Consumes', 'Produces', 'Acts on'],
    contracts.map(([name, { consumes, from, produces, actsOn = '' }]) => {
      const events = consumes === 'everything' ? 'every event' : renderNames(consumes);
      const inputs = [...(from ? from.inputs.map((input) => `${from.system}: \`${input}\``) : []), events];
      return [functionLink(name), inputs.filter(Boolean).join('<br>'), renderNames(produces), actsOn];
    }),
  );

const introduction = `# Events

<!-- Written by \`npm run docs\` from events/catalog.ts. -->

Everything on Fairlead's bus is a [CloudEvent](https://cloudevents.io) whose \`data\` is a [CDEvent](https://cdevents.dev).
EventBridge's \`detail-type\` is the CDEvents type without its version, and \`source\` is \`fairlead.<function>\`. The names
that rules route by stand beside the CloudEvents attributes: \`service\`, \`environment\`, \`team\` and \`outcome\`. So a rule
for every deployment to production, on the bus that the stack exports, is

\`\`\`json
{
  "detail-type": ["dev.cdevents.service.deployed", "dev.cdevents.service.upgraded"],
  "detail": { "environment": ["production"] }
}
\`\`\`

Delivery is at least once and in no order: recognise an event by its \`id\`, which is the same on every retry. The events of
one delivery, from the push to what runs, share \`data.context.chainId\`, and \`traceparent\` carries the same 128 bits as the
trace id.`;

/** `docs/events.md`: who says what, and who listens. */
export const renderEvents = (): string => `${introduction}

## From push to deployment

${renderGraph()}

A dotted line is what nobody asks for by name; a thick one is no event of Fairlead, but a webhook, an event of AWS or a call.

## Every event

In the order of a delivery. All of them are consumed by ${consumersOfEverything.map(functionLink).join(' and ')}.

${renderKinds()}

## Every function

${renderFunctions()}
`;

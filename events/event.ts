import * as z from 'zod';
import { deriveId, traceparentOf } from './identity.ts';

/** CDEvents' version, in `context.specversion` of every event. */
export const cdeventsVersion = '0.5.1';

/** RFC 3339 in UTC with milliseconds at most, as CloudEvents and CDEvents want it. */
export const timeSchema = z.iso.datetime({ offset: true });

export const idSchema = z.uuid();

const traceparentSchema = z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/, 'is not a W3C traceparent');

const labelSchema = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'wants lower-case letters, digits and dashes, 63 at most');

/** Names of services, environments, teams and targets: what a Kubernetes label and a folder may be called. */
export const nameSchema = labelSchema;

/** The flat CloudEvents extensions that rules route by. */
const labelsShape = {
  service: labelSchema.optional(),
  environment: labelSchema.optional(),
  team: labelSchema.optional(),
  outcome: z.string().optional(),
};

const linkSchema = z.object({ linkType: z.literal('PATH'), from: z.object({ contextId: z.string().min(1) }) });

const contextShape = {
  specversion: z.string().min(1),
  id: idSchema,
  source: z.string().min(1),
  timestamp: timeSchema,
  chainId: idSchema,
  links: z.array(linkSchema).optional(),
};

/** A CloudEvent 1.0 in structured JSON whose data is a CDEvent 0.5.1 with these contents. */
const eventSchema = <Type extends z.ZodType<string>, Content extends z.ZodType, Custom extends z.ZodType>(
  type: Type,
  content: Content,
  custom: Custom,
) =>
  z.object({
    specversion: z.literal('1.0'),
    id: idSchema,
    source: z.string().min(1),
    type,
    time: timeSchema,
    subject: z.string().min(1),
    datacontenttype: z.literal('application/json'),
    traceparent: traceparentSchema,
    ...labelsShape,
    data: z.object({
      context: z.object({ ...contextShape, type }),
      subject: z.object({ id: z.string().min(1), source: z.string().min(1).optional(), content }),
      customData: custom,
    }),
  });

/** Any event of ours, whatever it says happened: what event-log and deploy-notifier read. */
export const anyEventSchema = eventSchema(
  z.string().regex(/^dev\.cdevents(x\.[a-zA-Z0-9]+-[a-zA-Z]+|\.[a-z]+)\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]$/),
  z.record(z.string(), z.unknown()),
  z.record(z.string(), z.unknown()),
);

export type AnyEvent = z.infer<typeof anyEventSchema>;

/** The names that an event carries for routing. `target` is which image of the service, where it has several. */
export interface Labels {
  service?: string | undefined;
  environment?: string | undefined;
  team?: string | undefined;
}

interface Said<Content, Custom> extends Labels {
  /** The function that says so, by the name of its folder. */
  by: string;
  subject: { id: string; source?: string };
  content: Content;
  custom: Custom;
}

/** The first event of a chain, or one that a source outside reports. */
export interface Reported<Content, Custom> extends Said<Content, Custom> {
  /** What makes this happening itself and no other. The type is added to it. */
  identity: readonly (string | undefined)[];
  chain: string;
  time: string;
  cause?: { id: string } | undefined;
}

/** An event that follows from another. Chain, time, service, environment and team are the cause's where not given. */
export interface Caused<Content, Custom> extends Said<Content, Custom> {
  target?: string;
  chain?: string;
  time?: string;
}

const withoutUndefined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));

const versionSuffix = /\.[0-9]\.[0-9]\.[0-9]$/;

/** EventBridge's `detail-type` of a CDEvents type: without its version. */
export const detailTypeOf = (type: string): string => type.replace(versionSuffix, '');

/** The name of the function that produced an event. */
export const producerOf = (event: Pick<AnyEvent, 'source'>): string =>
  event.source.slice(event.source.lastIndexOf('/') + 1);

/** Defines one kind of event: its type with version, the shape of what it says, and how it is built. */
export const defineEvent = <Type extends string, Content extends z.ZodType, Custom extends z.ZodType>(definition: {
  type: Type;
  /** One sentence in a reader's words, for docs/events.md. */
  says: string;
  /** What its subject's id is: of which thing it is said. */
  subject: string;
  content: Content;
  custom: Custom;
}) => {
  const { type, says, subject, content, custom } = definition;
  const schema = eventSchema(z.literal(type), content, custom);
  type Event = z.infer<typeof schema>;
  type Content_ = z.input<Content>;
  type Custom_ = z.input<Custom>;

  const build = (id: string, said: Reported<Content_, Custom_>): Event => {
    // One format (UTC, to the millisecond), so that times can be compared as text.
    const time = new Date(said.time).toISOString();
    const outcome = z.object({ outcome: z.string() }).safeParse(said.content);
    return schema.parse(
      withoutUndefined({
        specversion: '1.0',
        id,
        source: `/fairlead/${said.by}`,
        type,
        time,
        subject: said.subject.id,
        datacontenttype: 'application/json',
        traceparent: traceparentOf(said.chain, id),
        service: said.service,
        environment: said.environment,
        team: said.team,
        outcome: outcome.success ? outcome.data.outcome : undefined,
        data: {
          context: withoutUndefined({
            specversion: cdeventsVersion,
            id,
            source: `/fairlead/${said.by}`,
            type,
            timestamp: time,
            chainId: said.chain,
            links: said.cause && [{ linkType: 'PATH', from: { contextId: said.cause.id } }],
          }),
          subject: withoutUndefined({ id: said.subject.id, source: said.subject.source, content: said.content }),
          customData: said.custom,
        },
      }),
    );
  };

  return {
    type,
    detailType: detailTypeOf(type),
    says,
    subject,
    schema,
    is: (event: AnyEvent): event is AnyEvent & Event => event.type === type,
    reported: (said: Reported<Content_, Custom_>): Event => build(deriveId(type, ...said.identity), said),
    causedBy: (cause: AnyEvent, said: Caused<Content_, Custom_>): Event => {
      const labels = {
        service: said.service ?? cause.service,
        environment: said.environment ?? cause.environment,
        team: said.team ?? cause.team,
      };
      return build(deriveId(cause.id, type, labels.service, labels.environment, said.target), {
        ...said,
        ...labels,
        identity: [],
        chain: said.chain ?? cause.data.context.chainId,
        time: said.time ?? cause.time,
        cause,
      });
    },
  };
};

/** One definition, whatever its contents. */
export type EventKind = Pick<ReturnType<typeof defineEvent>, 'type' | 'detailType' | 'says' | 'subject'> & {
  schema: z.ZodType<AnyEvent>;
};

/** The event that a kind defines: `EventOf<typeof imageRequested>`. */
export type EventOf<Kind extends { schema: z.ZodType }> = z.infer<Kind['schema']>;

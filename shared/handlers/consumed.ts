import * as z from 'zod';
import { type AnyEvent, anyEventSchema, type EventKind, type EventOf } from '#events/event.ts';
import { InvalidInput } from './errors.ts';

/** What a function consumes: how it is read from what EventBridge hands over, and what identifies it. */
export interface Consumed<Event> {
  parse(input: unknown): Event;
  id(event: Event): string;
}

const explain = (what: string, error: z.ZodError): InvalidInput =>
  new InvalidInput(`This is not ${what}: ${z.prettifyError(error).replaceAll('\n', ' ')}`, { cause: error });

const busEventSchema = z.object({ detail: z.unknown() });

const readDetail = <Schema extends z.ZodType>(schema: Schema, what: string, input: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(busEventSchema.safeParse(input).data?.detail);
  if (!parsed.success) throw explain(`an EventBridge event with ${what} in its detail`, parsed.error);
  return parsed.data;
};

type Kind = Pick<EventKind, 'type' | 'schema'>;

/** One of these kinds of event, from Fairlead's bus. */
export const fromBus = <Kinds extends readonly [Kind, ...Kind[]]>(
  ...kinds: Kinds
): Consumed<EventOf<Kinds[number]>> => {
  const what = kinds.map(({ type }) => type).join(' or ');
  return {
    parse: (input) => {
      const { type } = readDetail(anyEventSchema, what, input);
      const kind: Kinds[number] = kinds.find((candidate) => candidate.type === type) ?? kinds[0];
      return readDetail<Kinds[number]['schema']>(kind.schema, what, input);
    },
    id: ({ id }) => id,
  };
};

/** Every event on Fairlead's bus. */
export const fromBusAny: Consumed<AnyEvent> = {
  parse: (input) => readDetail(anyEventSchema, 'a CDEvent', input),
  id: ({ id }) => id,
};

/** An event of an AWS service, from the default bus: the whole EventBridge event. */
export const fromAws = <Event extends { id: string }>(schema: z.ZodType<Event>): Consumed<Event> => ({
  parse: (input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw explain('an event that this function knows', parsed.error);
    return parsed.data;
  },
  id: ({ id }) => id,
});

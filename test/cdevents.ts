import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as z from 'zod';
import { type AnyEvent, anyEventSchema } from '#events/event.ts';

/** The official schemas of CDEvents 0.5.1; they are no part of this repository. */
const folder = new URL('../../shared/cdevents/', import.meta.url);

/** Whether the official schemas can be read. Where they can't, events are held against our own envelope alone. */
export const cdeventsAtHand = existsSync(new URL('schemas/', folder));

const jsonFiles = (path: string): unknown[] => {
  const directory = new URL(path, folder);
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, directory), 'utf8')));
};

const idSchema = z.looseObject({ $id: z.string() });

const standardSchema = idSchema.extend({
  properties: z.object({
    context: z.object({ properties: z.object({ type: z.object({ enum: z.array(z.string()) }) }) }),
  }),
});

/** Validators by event type, and the one for every type of our own. */
const compileSchemas = () => {
  // Not strict: the schemas name "$ref" beside "type", and "contentEncoding", which says nothing to a validator.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  for (const link of jsonFiles('schemas/links/')) ajv.addSchema(idSchema.parse(link));
  const standard = new Map<string, ValidateFunction>();
  for (const file of jsonFiles('schemas/')) {
    const schema = standardSchema.parse(file);
    for (const type of schema.properties.context.properties.type.enum)
      standard.set(type, ajv.compile(idSchema.parse(file)));
  }
  const [custom] = jsonFiles('custom/').filter((file) => idSchema.safeParse(file).success);
  return { standard, custom: ajv.compile(idSchema.parse(custom)) };
};

const schemas = cdeventsAtHand ? compileSchemas() : undefined;

/** What the official schema of its type finds wrong with a CDEvent; empty when it is valid. */
export const cdeventProblems = (type: string, cdevent: unknown): string[] => {
  if (schemas === undefined) return [];
  const validate = type.startsWith('dev.cdeventsx.') ? schemas.custom : schemas.standard.get(type);
  if (validate === undefined) return [`CDEvents 0.5.1 has no type ${type}`];
  validate(cdevent);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
};

/** The most that an event may have on the bus, in bytes. */
const mostBytes = 64 * 1024;

/** Throws with all that is wrong: the envelope, the CDEvent in it, where the two say it differently, the size. */
export const expectValidCdevent = (event: AnyEvent): void => {
  const { id, type, time, source, subject, traceparent, data } = anyEventSchema.parse(event);
  const problems = cdeventProblems(type, data);
  const said = { id, type, timestamp: time, source };
  const { context } = data;
  if (
    JSON.stringify(said) !==
    JSON.stringify({ id: context.id, type: context.type, timestamp: context.timestamp, source: context.source })
  )
    problems.push('envelope and context differ');
  if (subject !== data.subject.id) problems.push('the envelope has another subject');
  if (traceparent.slice(3, 35) !== context.chainId.replaceAll('-', '')) problems.push('the trace is not the chain');
  if (Buffer.byteLength(JSON.stringify(event)) > mostBytes) problems.push(`more than ${mostBytes} bytes`);
  if (problems.length > 0) throw new Error(`${type} ${id} is not valid:\n${problems.join('\n')}`);
};

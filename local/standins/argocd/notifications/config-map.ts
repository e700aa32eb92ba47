import { parse } from 'yaml';
import * as z from 'zod';
import { compileExpression, type Expression } from './expression.ts';
import { compileTemplate, type Template } from './template.ts';
import { NotKnownHere } from './unknown.ts';

const nanoseconds = z
  .int('is a time.Duration, which JSON has in nanoseconds')
  .transform((duration) => duration / 1_000_000);

/** Argo CD's defaults, in milliseconds. */
const serviceSchema = z.strictObject({
  url: z.string(),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
  retryMax: z.int().default(3),
  retryWaitMin: nanoseconds.default(1000),
  retryWaitMax: nanoseconds.default(5000),
});

const triggerSchema = z.array(
  z.strictObject({
    when: z.string(),
    oncePer: z.string().optional(),
    description: z.string().optional(),
    send: z.array(z.string()),
  }),
);

const templateSchema = z.strictObject({
  webhook: z.record(z.string(), z.strictObject({ method: z.string(), body: z.string() })),
});

const configMapSchema = z.object({
  kind: z.literal('ConfigMap'),
  metadata: z.object({ name: z.literal('argocd-notifications-cm') }),
  data: z.record(z.string(), z.string()),
});

export type Service = z.output<typeof serviceSchema>;

export interface Condition {
  readonly when: Expression;
  readonly oncePer: Expression | undefined;
  readonly send: readonly string[];
}

export interface Configuration {
  readonly services: ReadonlyMap<string, Service>;
  readonly triggers: ReadonlyMap<string, readonly Condition[]>;
  /** By name, and then by service. */
  readonly templates: ReadonlyMap<string, ReadonlyMap<string, { method: string; body: Template }>>;
  /** By service: what the annotation `subscribe.<service>` subscribes to. */
  readonly defaultTriggers: ReadonlyMap<string, readonly string[]>;
}

/** Argo CD puts secrets in wherever a service's text names one; a name that it does not have stays. */
const withSecrets = (value: unknown, secrets: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string') return value.replace(/\$[\w-]+/g, (name) => secrets[name.slice(1)] ?? name);
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withSecrets(field, secrets)]));
};

const compileTrigger = (text: string): Condition[] =>
  triggerSchema.parse(parse(text)).map(({ when, oncePer, send }) => ({
    when: compileExpression(when),
    oncePer: oncePer === undefined ? undefined : compileExpression(oncePer),
    send,
  }));

const compileTemplates = (text: string) =>
  new Map(
    Object.entries(templateSchema.parse(parse(text)).webhook).map(([service, { method, body }]) => [
      service,
      { method, body: compileTemplate(body) },
    ]),
  );

/** Reads argocd-notifications-cm. What it says that is not known here is refused by name. */
export const parseConfigMap = (text: string, secrets: Readonly<Record<string, string>>): Configuration => {
  const { data } = configMapSchema.parse(parse(text));
  const configuration = {
    services: new Map<string, Service>(),
    triggers: new Map<string, Condition[]>(),
    templates: new Map<string, ReturnType<typeof compileTemplates>>(),
    defaultTriggers: new Map<string, string[]>(),
  };
  for (const [key, value] of Object.entries(data)) {
    const [kind, ...names] = key.split('.');
    const name = names.join('.');
    if (kind === 'service' && names[0] === 'webhook') {
      configuration.services.set(names[1] ?? '', serviceSchema.parse(withSecrets(parse(value), secrets)));
    } else if (kind === 'trigger') configuration.triggers.set(name, compileTrigger(value));
    else if (kind === 'template') configuration.templates.set(name, compileTemplates(value));
    else if (kind === 'defaultTriggers') {
      configuration.defaultTriggers.set(name, z.array(z.string()).parse(parse(value)));
    } else throw new NotKnownHere(`${key} in argocd-notifications-cm is not known here`);
  }
  return configuration;
};

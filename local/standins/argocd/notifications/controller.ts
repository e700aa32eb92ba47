import type { ApplicationResource } from '../resource.ts';
import type { Condition, Configuration, Service } from './config-map.ts';
import type { Notification } from './delivery.ts';
import { goTime } from './template-values.ts';

/** Argo CD keeps so many. */
const mostRemembered = 100;

interface Dependencies {
  /** As it is now: Argo CD takes up a change at once. */
  readonly configuration: () => Configuration;
  readonly now: () => number;
  /** False: it was not taken. */
  readonly send: (service: Service, notification: Notification) => Promise<boolean>;
}

interface Look {
  readonly resource: ApplicationResource;
  /** What was sent about it, and when. */
  readonly memory: Map<string, number>;
  readonly service: { readonly name: string; readonly options: Service };
  readonly isSilent: boolean;
}

/** Argo CD leaves an application alone whose status is older than its last sync. */
const isOutOfDate = ({ status: { operationState, reconciledAt } }: ApplicationResource): boolean => {
  if (!operationState || operationState.phase === 'Running') return false;
  return operationState.finishedAt === undefined || operationState.finishedAt > (reconciledAt ?? '');
};

const evaluate = <Value>(expression: () => Value): Value | undefined => {
  try {
    return expression();
  } catch {
    return undefined; // Argo CD logs it and takes it for false
  }
};

const keyOf = (trigger: string, index: number, service: string, oncePer: unknown): string => {
  const key = `${trigger}:[${index}]:${service}`;
  return oncePer === undefined ? key : `${String(oncePer)}:${key}`;
};

/**
 * Argo CD's notifications controller: looks at an application whenever it changed, one look after another, and at the newest
 * state only; sends what its triggers want and remembers what was sent.
 */
export const createNotifications = ({ configuration, now, send }: Dependencies) => {
  const memories = new Map<string, Map<string, number>>();
  const waiting = new Map<string, ApplicationResource>();
  const looking = new Map<string, Promise<void>>();

  const render = (resource: ApplicationResource, trigger: string, template: string, service: string) => {
    const found = configuration().templates.get(template)?.get(service);
    if (!found) throw new Error(`template '${template}' is not supported`);
    const body = found.body({ app: resource, time: { Now: () => goTime(now()) } });
    return { application: resource.metadata.name, trigger, method: found.method, body };
  };

  const lookAtCondition = async (look: Look, trigger: string, index: number, condition: Condition): Promise<void> => {
    const { resource, memory, service, isSilent } = look;
    const { when, oncePer, send: templates } = condition;
    const variables = { app: resource };
    if (evaluate(() => when(variables)) !== true) {
      if (!oncePer) memory.delete(keyOf(trigger, index, service.name, undefined));
      return;
    }
    const value = oncePer && evaluate(() => oncePer(variables));
    const key = keyOf(trigger, index, service.name, value);
    if (memory.has(key)) return;
    memory.set(key, now());
    if (isSilent) return;
    const notification = render(resource, trigger, templates[0] ?? '', service.name);
    const sent = await send(service.options, notification).catch(() => false);
    if (!sent && value === undefined) memory.delete(key); // with oncePer Argo CD takes it for sent
  };

  const lookAt = async (resource: ApplicationResource, isSilent: boolean): Promise<void> => {
    if (isOutOfDate(resource)) return;
    const memory = memories.get(resource.metadata.name) ?? new Map<string, number>();
    memories.set(resource.metadata.name, memory);
    const { services, triggers: known, defaultTriggers } = configuration();
    for (const [name, triggers] of defaultTriggers) {
      const options = services.get(name);
      if (!options) throw new Error(`notification service '${name}' is not supported`);
      const look = { resource, memory, service: { name, options }, isSilent };
      for (const trigger of triggers) {
        const conditions = known.get(trigger);
        if (!conditions) throw new Error(`trigger '${trigger}' is not configured`);
        for (const [index, condition] of conditions.entries()) await lookAtCondition(look, trigger, index, condition);
      }
    }
    for (const key of [...memory.keys()].slice(0, Math.max(0, memory.size - mostRemembered))) memory.delete(key);
  };

  const lookAgain = async (name: string): Promise<void> => {
    for (let next = waiting.get(name); next; next = waiting.get(name)) {
      waiting.delete(name);
      await lookAt(next, false);
    }
    looking.delete(name);
  };

  return {
    /** The application changed, or a minute has passed. Resolves when it was looked at. */
    look: (resource: ApplicationResource): Promise<void> => {
      const { name } = resource.metadata;
      waiting.set(name, structuredClone(resource));
      const under = looking.get(name) ?? lookAgain(name);
      looking.set(name, under);
      return under;
    },
    /** Takes the present state for told already. */
    prime: (resource: ApplicationResource): Promise<void> => lookAt(structuredClone(resource), true),
  };
};

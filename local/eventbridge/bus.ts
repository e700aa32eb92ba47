import { randomUUID } from 'node:crypto';
import { type DeliveryDependencies, deliver } from './delivery.ts';
import { type EntryError, type PutEventsEntry, parseEntries, type ValidEntry, validateEntry } from './entries.ts';
import { createInFlight, type InFlight } from './in-flight.ts';
import { compilePattern, InvalidPattern, type Pattern } from './pattern.ts';
import type { BusEvent, RuleModel, TargetModel } from './rule.ts';

/** What the buses need of the world. */
export interface BusDependencies extends DeliveryDependencies {
  /** One entry per copy to deliver, the milliseconds before it: [0] is an ideal bus, [] loses the event. */
  copies(rule: RuleModel, target: TargetModel, event: BusEvent): readonly number[];
  /** Why an entry that is valid is rejected all the same, as a throttled bus would. */
  reject?(entry: PutEventsEntry): EntryError | undefined;
  /** Whether the bus's policy lets another account's rule put an event of this source on it. Nobody may by default. */
  mayForward?(account: string, bus: string, source: string): boolean;
}

/** Where an event is from that a rule there forwards. */
export interface Elsewhere {
  readonly account: string;
  readonly region: string;
}

export interface BusOptions {
  readonly account: string;
  readonly region: string;
  /** Names of the buses besides `default` and those that the rules name. */
  readonly buses?: readonly string[];
  readonly rules: readonly RuleModel[];
}

/** An event that was put, with the bus that it was put on and the rules there that match it. */
export interface PutEvent {
  readonly bus: string;
  /** AWS takes an event for a bus that does not exist, answers with an id, and drops it: false is such an event. */
  readonly busExists: boolean;
  readonly event: BusEvent;
  readonly rules: readonly RuleModel[];
}

/** The answer to a PutEvents request, named as on the wire. */
export interface PutEventsResult {
  readonly FailedEntryCount: number;
  readonly Entries: readonly EntryResult[];
}

export type EntryResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

export interface EventBuses {
  /** PutEvents as a customer calls it. Throws RequestRefused for what AWS answers with a 400. */
  putEvents(entries: unknown): PutEventsResult;
  /**
   * The same for a stand-in of an AWS service, which alone may have a source that begins with `aws.`; from elsewhere, as a rule
   * there forwards it.
   */
  putServiceEvents(entries: unknown, from?: Elsewhere): PutEventsResult;
  /** Calls the listener with every event that was taken, before it is delivered; gives a function that ends it. */
  subscribe(listener: (put: PutEvent) => void): () => void;
  /** Resolves when nothing is being delivered and no retry is pending. */
  idle(): Promise<void>;
  /** Cancels all that is pending; what is put afterwards goes nowhere. */
  close(): void;
}

interface CompiledRule {
  readonly model: RuleModel;
  readonly pattern: Pattern;
}

/** `arn:aws:events:<region>:<account>:event-bus/<name>` or the name itself. */
const busNameOf = (nameOrArn: string): string => nameOrArn.replace(/^arn:[^:]*:events:[^:]*:[^:]*:event-bus\//, '');

const compileRule = (model: RuleModel): CompiledRule => {
  try {
    return { model, pattern: compilePattern(model.pattern) };
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error;
    throw new Error(`Rule ${model.name}: ${error.message}`, { cause: error });
  }
};

const toTheSecond = (time: Date): string => `${time.toISOString().slice(0, -'.000Z'.length)}Z`;

/** The envelope that EventBridge puts around an entry. */
const toEvent = (entry: PutEventsEntry, valid: ValidEntry, from: Elsewhere, now: Date): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': valid.detailType,
  source: valid.source,
  account: from.account,
  time: toTheSecond(entry.Time ?? now),
  region: from.region,
  resources: entry.Resources ?? [],
  detail: valid.detail,
});

const failed = ({ code, message }: EntryError): EntryResult => ({ ErrorCode: code, ErrorMessage: message });

const refuseServiceSource = ({ source }: ValidEntry): EntryError | undefined =>
  source.startsWith('aws.')
    ? { code: 'NotAuthorizedForSourceException', message: 'Not authorized for the source.' }
    : undefined;

/** Starts the deliveries of one event, a task for each copy of it. */
const createDispatch =
  (inFlight: InFlight, dependencies: BusDependencies) =>
  (event: BusEvent, rules: readonly RuleModel[]): void => {
    const acceptedAt = dependencies.now();
    for (const rule of rules) {
      for (const target of rule.targets) {
        for (const delay of dependencies.copies(rule, target, event)) {
          inFlight.start(async (pause) => {
            await pause(delay);
            await deliver({ rule, target, event, acceptedAt }, dependencies, pause);
          });
        }
      }
    }
  };

/** The event buses of one account and region. Throws when a rule has an invalid pattern, naming rule and path. */
export const createEventBuses = (options: BusOptions, dependencies: BusDependencies): EventBuses => {
  const rules = options.rules.map(compileRule);
  const buses = new Set(['default', ...(options.buses ?? []), ...options.rules.map(({ bus }) => bus)].map(busNameOf));
  const listeners = new Set<(put: PutEvent) => void>();
  const inFlight = createInFlight();
  const dispatch = createDispatch(inFlight, dependencies);

  const accept = (entry: PutEventsEntry, valid: ValidEntry, from: Elsewhere): EntryResult => {
    const event = toEvent(entry, valid, from, dependencies.now());
    const bus = busNameOf(entry.EventBusName ?? 'default');
    const matching = rules.filter(({ model, pattern }) => busNameOf(model.bus) === bus && pattern.matches(event));
    const models = matching.map(({ model }) => model);
    for (const listener of listeners) listener({ bus, busExists: buses.has(bus), event, rules: models });
    dispatch(event, models);
    return { EventId: event.id };
  };

  const refuseStranger =
    ({ account }: Elsewhere) =>
    ({ source }: ValidEntry, bus: string): EntryError | undefined =>
      account === options.account || dependencies.mayForward?.(account, bus, source)
        ? undefined
        : {
            code: 'NO_PERMISSIONS',
            message: `The policy of the bus ${bus} does not allow ${account} to put ${source}.`,
          };

  const put = (
    entries: unknown,
    refuse: (valid: ValidEntry, bus: string) => EntryError | undefined,
    from: Elsewhere = options,
  ): PutEventsResult => {
    const results = parseEntries(entries).map((entry) => {
      const valid = validateEntry(entry);
      if ('code' in valid) return failed(valid);
      const error = refuse(valid, busNameOf(entry.EventBusName ?? 'default')) ?? dependencies.reject?.(entry);
      return error === undefined ? accept(entry, valid, from) : failed(error);
    });
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  };

  return {
    putEvents: (entries) => put(entries, refuseServiceSource),
    putServiceEvents: (entries, from = options) => put(entries, refuseStranger(from), from),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    idle: inFlight.idle,
    close: inFlight.close,
  };
};

import { AwsError } from '../../aws/aws-error.ts';
import type { JsonService } from '../../aws/endpoint/json-service.ts';
import { createCodePipeline, type Past } from './codepipeline.ts';
import { createEventForms, type Place, type ServiceEvent } from './events.ts';
import { createRunner, type Delays, type Execution, type Pipeline } from './execution.ts';
import { createRegistry, type RegistryImage } from './registry.ts';

/** What may be made to go wrong. Each is asked anew every time, so a test can change its mind. */
export interface Faults {
  /** The reason why this build fails. */
  readonly build?: (build: { pipeline: string; commit: string }) => string | undefined;
  /** The name of the error that this action of an API answers, e.g. `ThrottlingException`. */
  readonly api?: (action: string) => string | undefined;
  /** Whether nobody is told of this: ECR's and CodePipeline's events are best effort. */
  readonly loses?: (event: ServiceEvent) => boolean;
}

export interface PipelineStandinOptions extends Place {
  readonly pipelines: readonly Pipeline[];
  /** Executions that are over since before the stand-in began, for whoever asks for them. */
  readonly history?: readonly Past[];
  /** Puts events of AWS services on the default bus, ten at most. */
  readonly putEvents: (events: readonly ServiceEvent[]) => Promise<void>;
  readonly delays?: Partial<Delays>;
  readonly faults?: Faults;
  readonly now?: () => Date;
}

export interface PipelineStandin {
  /** By the prefix of `X-Amz-Target`. */
  readonly handlers: {
    readonly CodePipeline_20150709: JsonService;
    readonly AmazonEC2ContainerRegistry_V20150921: JsonService;
  };
  /** Told of each execution as it starts and as it ends. Returns how to stop. */
  subscribe(listener: (execution: Readonly<Execution>) => void): () => void;
  images(): readonly RegistryImage[];
  /** Resolves once no execution runs; rejects with what went wrong in one. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const usualDelays: Delays = { source: 300, build: 1500, push: 100 };

/** A stand-in of CodePipeline and ECR: takes the real clients' calls, is slow, and emits AWS's own events. */
export const createPipelineStandin = (options: PipelineStandinOptions): PipelineStandin => {
  const { pipelines, history = [], putEvents, faults = {}, now = () => new Date() } = options;
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const listeners = new Set<(execution: Readonly<Execution>) => void>();
  const names = pipelines.flatMap(({ builds }) => builds.map(({ repository }) => repository));
  const registry = createRegistry(options, names, now);

  const tell = async (events: readonly ServiceEvent[]): Promise<void> => {
    const told = events.filter((event) => !faults.loses?.(event));
    if (told.length > 0) await putEvents(told);
  };

  const runners = new Map(
    pipelines.map((pipeline) => [
      pipeline.name,
      createRunner(pipeline, {
        forms: createEventForms(options, now),
        registry,
        delays: { ...usualDelays, ...options.delays },
        putEvents: tell,
        failBuild: (build) => faults.build?.(build),
        changed: (execution) => {
          for (const listener of listeners) listener(execution);
        },
        signal: closing.signal,
      }),
    ]),
  );

  const run = (pipeline: Pipeline, execution: Execution): void => {
    const done = runners.get(pipeline.name)?.(execution);
    if (done === undefined) return;
    const settled: Promise<void> = done
      .catch((error: unknown) => {
        if (!closing.signal.aborted) failures.push(error);
      })
      .finally(() => running.delete(settled));
    running.add(settled);
  };

  const faulty =
    (handler: JsonService): JsonService =>
    (action, input) => {
      const fault = faults.api?.(action);
      if (fault !== undefined) throw new AwsError(fault, `${action} fails because the stand-in was told to`);
      return handler(action, input);
    };

  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
    if (failures.length > 0) throw failures[0];
  };

  return {
    handlers: {
      CodePipeline_20150709: faulty(createCodePipeline({ pipelines, history, run, now })),
      AmazonEC2ContainerRegistry_V20150921: faulty(registry.handle),
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    images: registry.images,
    idle,
    close: async () => {
      closing.abort();
      await registry.close();
    },
  };
};

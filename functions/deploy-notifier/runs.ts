import type { AnyEvent } from '#events/event.ts';
import {
  pipelineRunFinished,
  pipelineRunQueued,
  pipelineRunStarted,
  type RunOutcome,
  taskRunFinished,
} from '#events/pipelines.ts';
import { only, timeOf } from './known.ts';

/** A build of the service, or a workflow of its repository (`own: false`). Times in milliseconds. */
export interface Run {
  readonly name: string;
  readonly uri: string;
  readonly own: boolean;
  readonly state: 'queued' | 'running' | RunOutcome;
  readonly since: number;
  readonly at: number;
  /** The steps that failed, each with what its system says of it. */
  readonly failed: readonly { readonly name: string; readonly errors: string | undefined }[];
}

/** What a system says of its runs, and how far it says they are. A run that goes on after its end is running again. */
const phasesOf = (events: readonly AnyEvent[]) =>
  [
    ...only(pipelineRunQueued, events).map((event) => ({ event, rank: 0, state: 'queued' as const })),
    ...only(pipelineRunStarted, events).map((event) => ({ event, rank: 1, state: 'running' as const })),
    ...only(pipelineRunFinished, events).map((event) => ({
      event,
      rank: 2,
      state: event.data.subject.content.outcome,
    })),
  ].sort((a, b) => timeOf(a.event) - timeOf(b.event) || a.rank - b.rank || (a.event.id < b.event.id ? -1 : 1));

type Phase = ReturnType<typeof phasesOf>[number];

/** The runs of these systems, each with its phases in order. Those of Argo CD are syncs, not builds. */
export const phasesByRun = (events: readonly AnyEvent[], wanted: 'builds' | 'syncs'): Phase[][] => {
  const phases = phasesOf(events).filter(
    ({ event }) => (event.data.customData.system === 'argocd') === (wanted === 'syncs'),
  );
  return [...Map.groupBy(phases, ({ event }) => event.subject).values()];
};

const failuresOf = (run: string, events: readonly AnyEvent[]): Run['failed'] => {
  const tasks = only(taskRunFinished, events).filter(({ data }) => data.subject.content.pipelineRun.id === run);
  const last = [...Map.groupBy(tasks, ({ subject }) => subject).values()].flatMap((attempts) => attempts.at(-1) ?? []);
  const failed = last.filter(({ outcome }) => outcome === 'failure' || outcome === 'error');
  const detailed = failed.filter(({ data }) => data.subject.content.errors !== undefined);
  return (detailed.length > 0 ? detailed : failed).map(({ data }) => ({
    name: data.subject.content.taskName,
    errors: data.subject.content.errors,
  }));
};

const runOf = (phases: readonly Phase[], events: readonly AnyEvent[]): Run[] => {
  const [first] = phases;
  const last = phases.at(-1);
  if (first === undefined || last === undefined) return [];
  const { pipelineName, uri } = last.event.data.subject.content;
  const failed = last.state === 'failure' || last.state === 'error' ? failuresOf(last.event.subject, events) : [];
  const own = last.event.service !== undefined;
  return [
    { name: pipelineName, uri, own, state: last.state, since: timeOf(first.event), at: timeOf(last.event), failed },
  ];
};

/** The builds and workflows, of each pipeline the latest run, oldest first. */
export const runsOf = (events: readonly AnyEvent[]): Run[] => {
  const runs = phasesByRun(events, 'builds').flatMap((phases) => runOf(phases, events));
  const latest = new Map(runs.sort((a, b) => a.since - b.since).map((run) => [`${run.own} ${run.name}`, run]));
  return [...latest.values()].sort((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1));
};

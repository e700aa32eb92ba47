import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Action, ActionResult, EventForms, Run, ServiceEvent } from './events.ts';
import { buildImage } from './image.ts';
import { createLane, type Lane } from './lane.ts';
import type { Registry } from './registry.ts';
import { resolveCommit } from './source.ts';

export interface Pipeline {
  readonly name: string;
  /** The name of its source action: what `sourceRevisions` must name. */
  readonly sourceAction: string;
  /** Whether it begins at pushes by itself, too: then each is built twice. @default false */
  readonly detectsChanges?: boolean;
  /** The git URL that it builds from. */
  readonly repository: string;
  /** The images of one build. `tag` gets the commit and the number of the build, counted from 1. */
  readonly builds: readonly { readonly repository: string; readonly tag: (commit: string, build: number) => string }[];
}

export type Status = 'InProgress' | 'Succeeded' | 'Failed' | 'Superseded';

export interface Execution extends Run {
  status: Status;
  /** The revision that the caller gave. */
  readonly asked: string | undefined;
  /** Known once the source action is through. */
  commit?: string;
}

/** How long the actions take, in milliseconds; `push` is how far ECR's events lag behind the pipeline's. */
export interface Delays {
  readonly source: number;
  readonly build: number;
  readonly push: number;
}

interface Dependencies {
  readonly forms: EventForms;
  readonly registry: Registry;
  readonly delays: Delays;
  readonly putEvents: (events: readonly ServiceEvent[]) => Promise<void>;
  /** Why this build fails, if it shall. */
  readonly failBuild: (build: { pipeline: string; commit: string }) => string | undefined;
  readonly changed: (execution: Execution) => void;
  readonly signal: AbortSignal;
}

/** Runs the executions of one pipeline: Source, then Build, each a stage of one action. */
export const createRunner = (pipeline: Pipeline, dependencies: Dependencies) => {
  const { forms, registry, delays, putEvents, failBuild, changed, signal } = dependencies;
  const lanes = { source: createLane(), build: createLane() };
  let builds = 0;

  const settle = async (execution: Execution, status: Exclude<Status, 'InProgress'>): Promise<void> => {
    execution.status = status;
    await putEvents([forms.pipeline(execution, status.toUpperCase())]);
    changed(execution);
  };

  const stage = async (execution: Execution, action: Action, work: () => Promise<ActionResult>): Promise<boolean> => {
    await putEvents([forms.stage(execution, action.stage, 'STARTED'), forms.action(execution, action)]);
    const result = await work();
    await putEvents([forms.action(execution, action, result), forms.stage(execution, action.stage, result.state)]);
    return result.state === 'SUCCEEDED';
  };

  const source = (execution: Execution): Promise<boolean> => {
    const { sourceAction: name, repository } = pipeline;
    const action = { stage: 'Source', name, category: 'Source', provider: 'CodeStarSourceConnection' };
    return stage(execution, { ...action, executionId: randomUUID() }, async () => {
      await sleep(delays.source, undefined, { signal });
      const commit = await resolveCommit(repository, execution.asked, signal);
      if (commit === undefined) {
        return { state: 'FAILED', summary: `${repository} has no commit ${execution.asked}`, externalId: randomUUID() };
      }
      execution.commit = commit;
      return { state: 'SUCCEEDED', summary: `Commit ${commit}`, externalId: commit, url: repository };
    });
  };

  const build = (execution: Execution, commit: string): Promise<boolean> => {
    const action = { stage: 'Build', name: 'Build', category: 'Build', provider: 'CodeBuild' };
    return stage(execution, { ...action, executionId: randomUUID() }, async () => {
      await sleep(delays.build, undefined, { signal });
      const externalId = `${pipeline.name}-build:${randomUUID()}`;
      const failure = failBuild({ pipeline: pipeline.name, commit });
      return failure === undefined
        ? { state: 'SUCCEEDED', summary: 'Build succeeded', externalId }
        : { state: 'FAILED', summary: failure, externalId };
    });
  };

  const pushImages = async (commit: string, number: number): Promise<void> => {
    await sleep(delays.push, undefined, { signal });
    for (const { repository, tag } of pipeline.builds) {
      const image = buildImage(repository, { url: pipeline.repository, commit });
      const name = tag(commit, number);
      registry.push(repository, image, name, commit);
      await putEvents([
        ...image.children.map((child) => forms.imagePushed(repository, child)),
        forms.imagePushed(repository, image.index, name),
      ]);
    }
  };

  const inLane = async <Result>(lane: Lane, work: () => Promise<Result>): Promise<Result | 'superseded'> => {
    if (!(await lane.enter())) return 'superseded';
    try {
      return await work();
    } finally {
      lane.leave();
    }
  };

  return async (execution: Execution): Promise<void> => {
    await putEvents([forms.pipeline(execution, 'STARTED')]);
    changed(execution);
    const sourced = await inLane(lanes.source, () => source(execution));
    if (sourced === 'superseded') return settle(execution, 'Superseded');
    const { commit } = execution;
    if (!sourced || commit === undefined) return settle(execution, 'Failed');

    const built = await inLane(lanes.build, () => build(execution, commit));
    if (built === 'superseded') return settle(execution, 'Superseded');
    if (!built) return settle(execution, 'Failed');
    builds += 1;
    const number = builds;
    await settle(execution, 'Succeeded');
    await pushImages(commit, number);
  };
};

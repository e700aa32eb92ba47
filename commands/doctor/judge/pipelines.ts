import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing } = findingsIn('pipelines');

/** A source action, and what its configuration says of finding changes by itself. */
export interface SourceAction {
  readonly name: string;
  /** `CodeStarSourceConnection`, `CodeCommit`, `GitHub`, `S3`, `ECR`, … */
  readonly provider: string;
  readonly configuration: Readonly<Record<string, string>>;
}

export interface SeenPipeline {
  readonly sources: readonly SourceAction[];
  /** Of type V2: the source actions that it begins at by triggers of its own. */
  readonly triggers: readonly string[];
  readonly executionMode: string;
}

interface Built {
  readonly service: string;
  readonly pipeline: string;
  /** The source action that gets the commit. */
  readonly source: string;
}

/** By provider: the setting that switches detection off. AWS takes a missing one for true. */
const detection: Readonly<Record<string, string>> = {
  CodeStarSourceConnection: 'DetectChanges',
  CodeCommit: 'PollForSourceChanges',
  GitHub: 'PollForSourceChanges',
  S3: 'PollForSourceChanges',
};

const update = (pipeline: string): string =>
  `aws codepipeline get-pipeline --name ${pipeline} > pipeline.json; take its "metadata" out; aws codepipeline update-pipeline --cli-input-json file://pipeline.json`;

const detecting = (pipeline: string, { name, provider, configuration }: SourceAction): Finding[] => {
  const setting = detection[provider];
  if (setting === undefined || configuration[setting]?.toLowerCase() === 'false') return [];
  return [
    missing(
      `${pipeline} finds changes by itself (${name}: ${setting} is ${configuration[setting] ?? 'not set, which means true'}): every push is built twice`,
      `Set ${setting} to "false" in the action ${name}: ${update(pipeline)}`,
    ),
  ];
};

/** `seen` is undefined where there is no such pipeline. */
export const judgePipeline = (built: Built, seen: SeenPipeline | undefined): Finding[] => {
  const { service, pipeline, source } = built;
  if (seen === undefined)
    return [
      missing(
        `there is no pipeline ${pipeline} in this account and region, which builds ${service}`,
        `Correct ${service}.build.codepipeline.pipeline. aws codepipeline list-pipelines shows what there is.`,
      ),
    ];
  const action = seen.sources.find(({ name }) => name === source);
  if (action === undefined)
    return [
      missing(
        `${pipeline} has no source action ${source}, but ${seen.sources.map(({ name }) => name).join(', ') || 'none'}`,
        `Correct ${service}.build.codepipeline.source.`,
      ),
    ];
  const findings = [
    ...seen.sources.flatMap((one) => detecting(pipeline, one)),
    ...(seen.triggers.length === 0
      ? []
      : [
          missing(
            `${pipeline} has triggers of its own (${seen.triggers.join(', ')}): every push is built twice`,
            `Take "triggers" out of the pipeline: ${update(pipeline)}`,
          ),
        ]),
  ];
  if (findings.length > 0) return findings;
  return [ok(`${pipeline} builds ${service} from ${source} when Fairlead asks (${seen.executionMode})`)];
};

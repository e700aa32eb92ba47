import type { Config, DisabledService } from '#shared/config/config.ts';
import { type Application, isCertain } from './argocd/application.ts';
import { type Examined, examine } from './examine.ts';
import type { Present } from './start/present.ts';
import { type Starting, startingFor } from './start/starting.ts';
import type { Survey } from './survey.ts';
import { unnamedIn } from './unnamed.ts';

/** An application of an environment: as configured, as found in the repository, or both. */
export interface NamedApplication {
  /** `<argocd>/<name>` where it is configured. */
  readonly name: string;
  readonly configured: boolean;
  /** `path:line` of its manifest, where there is one. */
  readonly where?: string | undefined;
  /** Whether its manifest takes the places of this environment. */
  readonly deploys: boolean;
}

export interface ExaminedEnvironment {
  readonly service: string;
  readonly name: string;
  readonly team: string;
  readonly mode: 'observe' | 'write';
  readonly gitops: string;
  readonly targets: readonly Examined[];
  readonly applications: readonly NamedApplication[];
}

/** All that is told of a repository and its configuration. */
export interface Findings {
  readonly surveys: readonly Survey[];
  readonly environments: readonly ExaminedEnvironment[];
  readonly disabled: readonly DisabledService[];
  readonly starting: Starting;
}

const localName = (application: string): string => application.slice(application.indexOf('/') + 1);

const applicationsFor = (targets: readonly Examined[], survey: Survey | undefined): NamedApplication[] => {
  const [first] = targets;
  const lines = targets.flatMap(({ verdict }) => (verdict.verdict === 'writes' ? verdict.lines : []));
  const deploying = new Set(lines.flatMap((line) => survey?.deploying.applicationsOf(line) ?? []));
  const configured = (first?.environment.applications ?? []).map((name): NamedApplication => {
    const manifest = survey?.deploying.applications.find((application) => application.name === localName(name));
    return {
      name,
      configured: true,
      where: manifest?.where,
      deploys: manifest !== undefined && deploying.has(manifest),
    };
  });
  const known = new Set(configured.map(({ name }) => localName(name)));
  const found = ({ name, where, set }: Application): NamedApplication => ({
    name: set !== undefined && !isCertain({ name }) ? `${name} of ${set}` : name,
    configured: false,
    where,
    deploys: true,
  });
  return [...configured, ...[...deploying].filter(({ name }) => !known.has(name)).map(found)];
};

const byEnvironment = (examined: readonly Examined[], surveys: readonly Survey[]): ExaminedEnvironment[] =>
  [...Map.groupBy(examined, ({ environment }) => environment)].map(([environment, targets]) => {
    const { service, name, team, mode, gitops } = environment;
    const survey = surveys.find(({ repository }) => repository.name === gitops);
    return { service, name, team, mode, gitops, targets, applications: applicationsFor(targets, survey) };
  });

const nothing: Pick<Config, 'services' | 'disabled'> = { services: [], disabled: [] };

/** What would happen to these repositories: configuration and files in, findings out. */
export const findingsOf = (surveys: readonly Survey[], present: Present | undefined): Findings => {
  const config = present?.config ?? nothing;
  const snapshots = new Map(surveys.map(({ repository }) => [repository.name, repository.snapshot]));
  const switchedOff = new Set(config.disabled.flatMap(({ images }) => images));
  const unnamed = surveys
    .flatMap(({ images }) => unnamedIn(images, config))
    .filter(({ repository }) => !switchedOff.has(repository));
  return {
    surveys,
    environments: byEnvironment(examine(config, snapshots), surveys),
    disabled: config.disabled,
    starting: startingFor(unnamed, surveys, present),
  };
};

/** Whether something would be refused: of the configuration, or at a place that it names. */
export const isRefused = ({ environments, disabled }: Findings): boolean =>
  disabled.length > 0 ||
  environments.some(({ targets }) => targets.some(({ verdict }) => verdict.verdict === 'refuses'));

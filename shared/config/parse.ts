import * as z from 'zod';
import { nameSchema } from '#events/event.ts';
import type { Config, DisabledService, Environment, Problem, Service } from './config.ts';
import { type Platform, platformSchema } from './platform.ts';
import { type ServiceFile, serviceSchema } from './service.ts';

/** A configuration file as it was read: YAML or JSON, already parsed. */
export interface ConfigFile {
  readonly file: string;
  readonly content?: unknown;
  /** Why it could not be parsed, in the parser's words. */
  readonly unreadable?: string | undefined;
}

/** What is bundled with the functions, and what `parseConfig` takes. */
export interface ConfigFiles {
  readonly version: string;
  readonly platform: ConfigFile;
  readonly services: readonly ConfigFile[];
}

/** The platform file is wrong, so nothing can be done: every problem at once. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(['The configuration is wrong.', ...problems.map(describeProblem)].join('\n'));
    this.problems = problems;
  }
}

export const describeProblem = ({ file, path, message }: Problem): string =>
  `${file}: ${path ? `${path}: ` : ''}${message}`;

const unreadable = ({ file, unreadable: message = '' }: ConfigFile): Problem => ({ file, path: '', message });

/** Of a key that is wrong zod says no more by itself. */
const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? issue.issues.map(({ message }) => message).join(', ') : issue.message;

const problemsOf = (file: string, prefix: readonly string[], error: z.ZodError): Problem[] =>
  error.issues.map((issue) => ({
    file,
    path: [...prefix, ...issue.path].map(String).join('.'),
    message: messageOf(issue),
  }));

const named = <T extends object>(record: Readonly<Record<string, T>>): Record<string, T & { name: string }> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, { ...value, name }]));

/** Completes an environment with the platform's defaults, or says which name it uses that nobody defines. */
const completed = (
  service: string,
  name: string,
  { team, images, environments }: ServiceFile,
  platform: Platform,
  complain: (path: string, message: string) => void,
): Environment | undefined => {
  const raw = environments[name];
  if (raw === undefined) return undefined;
  const at = `${service}.environments.${name}`;
  const gitops = raw.gitops ?? platform.defaults.gitops;
  if (gitops === undefined) complain(`${at}.gitops`, 'is not given, and defaults.gitops is not either');
  else if (!Object.hasOwn(platform.gitops, gitops))
    complain(`${at}.gitops`, `"${gitops}" is not under gitops of the platform file`);
  for (const { image } of raw.edits ?? []) {
    if (!Object.hasOwn(images, image))
      complain(`${at}.edits`, `"${image}" is not under images: ${Object.keys(images).join(', ')}`);
  }
  const applications = raw.applications.map((application) => {
    if (application.includes('/')) return application;
    if (platform.defaults.argocd === undefined)
      complain(`${at}.applications`, `"${application}" names no Argo CD, and defaults.argocd is not given`);
    return `${platform.defaults.argocd}/${application}`;
  });
  for (const application of applications) {
    const argocd = application.slice(0, application.indexOf('/'));
    if (!Object.hasOwn(platform.argocd, argocd))
      complain(`${at}.applications`, `"${argocd}" is not under argocd of the platform file`);
  }
  const { mode, rollback, strategy } = platform.defaults;
  return {
    service,
    team,
    name,
    mode: raw.mode ?? mode,
    gitops: gitops ?? '',
    edits:
      raw.path === undefined ? (raw.edits ?? []) : [{ path: raw.path, ...(raw.addMissing && { addMissing: true }) }],
    applications,
    tags: raw.tags,
    pin: raw.pin,
    smoke: raw.smoke,
    rollback: raw.rollback ?? rollback,
    strategy: raw.strategy ?? strategy,
  };
};

const belongsHere = (stage: string | undefined, declared: string | undefined): boolean =>
  stage === undefined || declared === undefined || declared === stage;

const parseService = (
  name: string,
  file: string,
  content: unknown,
  platform: Platform,
  stage: string | undefined,
): { service: Service } | { problems: Problem[] } => {
  const parsed = serviceSchema.safeParse(content);
  if (!parsed.success) return { problems: problemsOf(file, [name], parsed.error) };
  const problems: Problem[] = [];
  const complain = (path: string, message: string): void => void problems.push({ file, path, message });
  const { team, source, build, images, environments } = parsed.data;
  if (!Object.hasOwn(platform.teams, team))
    complain(`${name}.team`, `"${team}" is not under teams of the platform file`);
  // Those of other stages are completed too, so that a file is right or wrong in every stage.
  const complete = Object.keys(environments)
    .map((environment) => completed(name, environment, parsed.data, platform, complain))
    .filter((environment) => environment !== undefined)
    .filter((environment) => belongsHere(stage, environments[environment.name]?.stage));
  return problems.length > 0
    ? { problems }
    : { service: { name, team, source, build, images, environments: complete } };
};

/** What can be told of a wrong service: enough to find out that an event concerns it, and whom to tell. */
const salvageSchema = z.object({
  team: z.string().optional().catch(undefined),
  source: z.object({ repository: z.string() }).optional().catch(undefined),
  images: z.record(z.string(), z.string()).optional().catch(undefined),
});

const disabled = (name: string, content: unknown, problems: readonly Problem[]): DisabledService => {
  const { team, source, images } = salvageSchema.safeParse(content).data ?? {};
  return { name, team, sources: source ? [source.repository] : [], images: Object.values(images ?? {}), problems };
};

/** A file of services: each name with what its team wrote. */
const serviceFileSchema = z.record(z.string(), z.unknown());

interface ServiceEntry {
  readonly file: string;
  readonly name: string;
  readonly content?: unknown;
  /** Why there is nothing to read: of a file that is no map of services, or of a name that can't be one. */
  readonly problems: readonly Problem[];
}

const entriesOf = (serviceFile: ConfigFile): ServiceEntry[] => {
  const { file } = serviceFile;
  const read = serviceFileSchema.safeParse(serviceFile.content);
  if (!read.success) {
    const problems = serviceFile.unreadable ? [unreadable(serviceFile)] : problemsOf(file, [], read.error);
    return [{ file, name: file, problems }];
  }
  return Object.entries(read.data).map(([name, content]) => {
    const { error } = nameSchema.safeParse(name);
    return error ? { file, name, problems: problemsOf(file, [name], error) } : { file, name, content, problems: [] };
  });
};

/** What is wrong with a service by itself, whatever the platform file says. */
const ownProblems = ({ file, name, content, problems }: ServiceEntry): readonly Problem[] => {
  if (problems.length > 0) return problems;
  const { error } = serviceSchema.safeParse(content);
  return error ? problemsOf(file, [name], error) : [];
};

const parsePlatform = (file: ConfigFile, entries: readonly ServiceEntry[]): Platform => {
  const { data, error } = platformSchema.safeParse(file.content);
  if (data !== undefined && !file.unreadable) return data;
  const problems = file.unreadable || error === undefined ? [unreadable(file)] : problemsOf(file.file, [], error);
  throw new InvalidConfig([...problems, ...entries.flatMap(ownProblems)]);
};

/**
 * Reads the whole configuration. A wrong platform file throws `InvalidConfig` with all the problems of all files; a wrong
 * service is switched off alone and listed under `disabled`, with all of its own. Without a stage the environments of all
 * stages are in it.
 */
export const parseConfig = (
  { version, platform: platformFile, services: serviceFiles }: ConfigFiles,
  stage: string | undefined,
): Config => {
  const entries = serviceFiles.flatMap(entriesOf);
  const platform = parsePlatform(platformFile, entries);
  const services: Service[] = [];
  const wrong: DisabledService[] = [];
  const seen = new Map<string, string>();

  for (const { file, name, content, problems } of entries) {
    const elsewhere = seen.get(name);
    seen.set(name, file);
    const twice = { file, path: name, message: `is defined in ${elsewhere} already` };
    const refused = elsewhere === undefined ? problems : [twice];
    const result = refused.length > 0 ? { problems: refused } : parseService(name, file, content, platform, stage);
    if ('service' in result) services.push(result.service);
    else wrong.push(disabled(name, content, result.problems));
  }
  return {
    version,
    gitops: named(platform.gitops),
    argocd: named(platform.argocd),
    teams: named(platform.teams),
    services,
    disabled: wrong,
  };
};

import type { Config } from '#shared/config/config.ts';
import { isSsh } from '#shared/config/gitops.ts';
import { type Finding, findingsIn } from '../finding.ts';

/** A parameter as SSM has it. */
export interface StoredSecret {
  readonly type: string;
  readonly value: string;
  readonly modified?: Date | undefined;
}

/** By the path below the stage's prefix. */
export type Stored = ReadonlyMap<string, StoredSecret>;

interface Wanted {
  readonly path: string;
  /** What is not done without it. */
  readonly without: string;
  /** Its value on the command line. */
  readonly value?: string;
  readonly severity: 'error' | 'warning' | 'none';
  readonly rotates?: boolean;
}

const { ok, missing, advised } = findingsIn('secrets');

/** A rotation is over within an hour: the functions take a new value up within five minutes. Milliseconds. */
const longestRotation = 24 * 60 * 60 * 1000;

const isPushedTo = ({ services }: Config, gitops: string): boolean =>
  services.some(({ environments }) => environments.some((one) => one.gitops === gitops && one.mode === 'write'));

const gitopsSecrets = (config: Config, { name, repository, app }: Config['gitops'][string]): Wanted[] => {
  const keyFile = 'file://<its file>';
  const signing: Wanted = { path: `gitops/${name}/signing-key`, without: '', value: keyFile, severity: 'none' };
  const without = `nobody opens ${repository}`;
  if (isSsh(repository))
    return [{ path: `gitops/${name}/ssh-key`, without, value: keyFile, severity: 'error' }, signing];
  if (app !== undefined)
    return [{ path: `gitops/${name}/app-key`, without, value: keyFile, severity: 'error' }, signing];
  const severity = isPushedTo(config, name) ? 'error' : 'warning';
  return [{ path: `gitops/${name}/token`, without: `nothing is pushed to ${repository}`, severity }, signing];
};

/** Every parameter that a configuration needs or may have, from those that everybody needs to those of one instance. */
export const wantedSecrets = (config: Config): Wanted[] => [
  { path: 'github/webhook-secret', without: 'no webhook of GitHub is taken', severity: 'error', rotates: true },
  { path: 'github/token', without: '', severity: 'none' }, // the reconciler's
  { path: 'slack/token', without: 'nothing is said in Slack', severity: 'error' },
  ...Object.values(config.gitops).flatMap((gitops) => gitopsSecrets(config, gitops)),
  ...Object.keys(config.argocd).flatMap((name): Wanted[] => [
    {
      path: `argocd/${name}/webhook-secret`,
      without: `Argo CD ${name} is not told of commits, and finds them minutes later`,
      severity: 'error',
    },
    {
      path: `argocd/${name}/token`,
      without: `nothing that Argo CD ${name} tells is taken`,
      severity: 'error',
      rotates: true,
    },
    { path: apiTokenOf(name), without: '', severity: 'none' },
  ]),
];

/** Fairlead's functions need none: the doctor looks at applications by it. */
export const apiTokenOf = (argocd: string): string => `argocd/${argocd}/api-token`;

/** All parameters that are looked for. */
export const namesOf = (wanted: readonly Wanted[]): string[] =>
  wanted.flatMap(({ path, rotates }) => (rotates ? [path, `${path}-previous`] : [path]));

/** `now` in milliseconds since 1970. Says names only. */
export const judgeSecrets = (wanted: readonly Wanted[], stored: Stored, prefix: string, now: number): Finding[] =>
  wanted.flatMap(({ path, without, value, severity, rotates }): Finding[] => {
    const name = `${prefix}/${path}`;
    const put = `aws ssm put-parameter --type SecureString --name ${name} --value ${value ?? 'file://secret'}`;
    const found = stored.get(path);
    if (found === undefined) {
      if (severity === 'none') return [];
      return [(severity === 'error' ? missing : advised)(`${name} is not set: ${without}`, put)];
    }
    const previous = rotates ? stored.get(`${path}-previous`) : undefined;
    const isOver = previous?.modified !== undefined && now - previous.modified.getTime() > longestRotation;
    const isPadded = value === undefined && found.value !== found.value.trim();
    return [
      ...(isPadded
        ? [
            missing(
              `${name} begins or ends with a space or a newline: nobody takes it so`,
              `printf %s "…" > secret && ${put} --overwrite`,
            ),
          ]
        : []),
      found.type === 'SecureString'
        ? ok(`${name} is set`)
        : advised(
            `${name} lies unencrypted in SSM, as ${found.type}`,
            `aws ssm delete-parameter --name ${name} && ${put}`,
          ),
      ...(isOver
        ? [
            advised(
              `${name}-previous is still taken, a day after the rotation began`,
              `aws ssm delete-parameter --name ${name}-previous`,
            ),
          ]
        : []),
    ];
  });

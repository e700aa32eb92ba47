import { describeProblem } from '#shared/config/parse.ts';
import type { Written } from '#shared/gitops/intent.ts';
import { plain, shortDigest, shortTag } from '../words.ts';
import type { Examined } from './examine.ts';
import type { ExaminedEnvironment, Findings, NamedApplication } from './findings.ts';
import type { Unreadable } from './manifests.ts';
import { folderOf } from './repository.ts';
import { startFile } from './start/present.ts';
import type { LeftOut } from './start/starting.ts';
import type { Survey } from './survey.ts';

/** The most lines of one kind; programs get all by `--json`. */
const most = 10;

const cut = (lines: readonly string[]): string[] =>
  lines.length > most
    ? [...lines.slice(0, most), `  … and ${lines.length - most} more (--json lists all)`]
    : [...lines];

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

const said = ({ tag, digest }: Written): string =>
  [tag === undefined ? undefined : shortTag(tag), digest && shortDigest(digest)].filter(Boolean).join('@') ||
  'no entry yet';

const verdictLines = ({ target, repository, environment, verdict }: Examined): string[] => {
  const head = `    ${target}  ${repository}`;
  switch (verdict.verdict) {
    case 'unseen':
      return [head, `      not looked at: no folder was given for ${environment.gitops}`];
    case 'refuses':
      return [head, `      REFUSED (${verdict.code})  ${verdict.message}`];
    case 'writes': {
      const where = verdict.lines.map(({ file, line }) => `${file}:${line}`).join(', ');
      return [head, `      ${said(verdict.written)}  at ${where}`];
    }
  }
};

const applicationLine = ({ name, configured, where, deploys }: NamedApplication): string => {
  if (!configured) return `    Argo CD: ${name} deploys this too (${where}), and is not among the applications`;
  if (where === undefined) return `    Argo CD: ${name}  (no manifest of it in this repository)`;
  return `    Argo CD: ${name}  ${where}${deploys ? '' : '  (which does not take these files)'}`;
};

const environmentLines = (environment: ExaminedEnvironment): string[] => [
  `  ${environment.name}  (${environment.mode}, ${environment.gitops})`,
  ...environment.targets.flatMap(verdictLines),
  ...environment.applications.map(applicationLine),
];

const serviceLines = ({ environments }: Findings): string[] =>
  [...Map.groupBy(environments, ({ service }) => service)].flatMap(([service, all]) => [
    '',
    `${service}  (team ${all[0]?.team})`,
    ...all.flatMap(environmentLines),
  ]);

const disabledLines = ({ disabled }: Findings): string[] =>
  disabled.flatMap(({ name, problems }) => [
    '',
    `${name}  SWITCHED OFF: its configuration is wrong`,
    ...problems.map((problem) => `  ${describeProblem(problem)}`),
  ]);

const isTemplate = ({ code, file }: Unreadable): boolean => code === 'template' || /(^|\/)templates\//.test(file);

const unreadableLines = (unreadable: readonly Unreadable[]): string[] => {
  const templates = unreadable.filter(isTemplate);
  const others = unreadable.filter((file) => !isTemplate(file));
  const folders = [...new Set(templates.map(({ file }) => folderOf(file) || '.'))];
  return [
    ...(templates.length > 0
      ? [
          '',
          `${count(templates.length, 'template')} ({{ … }}) can't be looked into:`,
          ...cut(folders.map((folder) => `  ${folder}`)),
        ]
      : []),
    ...(others.length > 0
      ? ['', `${count(others.length, 'file')} can't be read:`, ...cut(others.map(({ message }) => `  ${message}`))]
      : []),
  ];
};

const surveyLine = ({ repository, images, defaults, deploying }: Survey): string =>
  `${repository.name}: ${count(repository.snapshot.contents.size, 'manifest')}, ${count(images.length, 'image')}` +
  `${defaults.length > 0 ? ` (and ${count(defaults.length, 'default')} that they replace)` : ''}` +
  `, ${count(deploying.applications.length, 'application')} of Argo CD`;

const leftOutLines = (leftOut: readonly LeftOut[]): string[] => {
  if (leftOut.length === 0) return [];
  const groups = [...Map.groupBy(leftOut, ({ why, image }) => JSON.stringify([why, image.repository])).values()];
  const lines = groups.flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const { image, why } = first;
    const places = `${image.file}:${image.line}${more.length > 0 ? ` and ${count(more.length, 'other place')}` : ''}`;
    return [`  ${image.repository || 'an image'} (${places}): ${why.replace(`${image.file}:${image.line}: `, '')}`];
  });
  return ['', `Left out (${count(leftOut.length, 'place')}):`, ...cut(lines)];
};

/** A starting configuration as it is pasted, a file after the other. Its lines are made safe where they are made. */
const startingLines = ({ surveys, starting }: Findings): string[] => {
  const { platform, services, additions, drafts } = starting;
  const none = surveys.every(({ images }) => images.length === 0);
  if (none) return ['', 'There is no image in it that Fairlead could find.'];
  if (drafts.length === 0) return ['', 'Every image of its own has a service. There is nothing to add.'];
  return [
    '',
    'No service names these images. To start with them, in mode observe, which changes nothing:',
    ...(platform === undefined ? [] : ['', '# ---- fairlead.yaml', ...platform.trimEnd().split('\n')]),
    ...(services === '' ? [] : ['', `# ---- ${startFile}`, ...services.trimEnd().split('\n')]),
    ...additions.flatMap(({ service, file, text }) => [
      '',
      `# ---- under the environments of ${plain(service)}, in ${plain(file)}`,
      ...text.split('\n'),
    ]),
  ];
};

/** Line by line: somebody else's names stay in their line. The indentation is ours. */
const safe = (line: string): string => {
  const indentation = /^ */.exec(line)?.[0] ?? '';
  const words = line.slice(indentation.length).split(/ {2,}/);
  return indentation + words.map(plain).join('  ');
};

/** Findings for people, a line each. */
export const reportLines = (findings: Findings): string[] => [
  ...[
    ...findings.surveys.map(surveyLine),
    ...serviceLines(findings),
    ...disabledLines(findings),
    ...unreadableLines(findings.surveys.flatMap(({ unreadable }) => unreadable)),
    ...leftOutLines(findings.starting.leftOut),
  ].map(safe),
  ...startingLines(findings),
];

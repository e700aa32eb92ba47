import { plain, shortDigest, shortTag } from '../../words.ts';
import type { SeenImage } from '../seen-image.ts';
import type { DraftEnvironment, DraftService } from './drafted.ts';
import { flowList, flowMap, remark, scalar } from './yaml-text.ts';

/** How names of the platform file are used in a service's. */
export interface Names {
  readonly team: string;
  /** Written with every environment; where there is one repository only, the platform's default will do. */
  readonly gitops: 'named' | 'default';
  /** In front of each application; without it the platform's default is meant. */
  readonly argocd?: string | undefined;
  /** Whether there is an Argo CD to name applications of. */
  readonly hasArgocd: boolean;
}

export const saidAt = ({ written: { tag, digest } }: SeenImage): string =>
  [tag === undefined ? undefined : shortTag(tag), digest && shortDigest(digest)].filter(Boolean).join('@') || 'no tag';

const whereOf = ({ places, guessed }: DraftEnvironment): string => {
  const [first, ...more] = places.map(({ image }) => image);
  const where = first ? `${saidAt(first)} at ${first.file}:${first.line}` : '';
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  return `${guessed ? 'which environment is it? ' : ''}${where}${others}`;
};

const imageLines = (images: DraftService['images']): string[] => {
  const lines = Object.entries(images).map(([target, image]) => `${scalar(target)}: ${scalar(image)}`);
  return lines.length > 1 ? ['images:', ...lines.map((line) => `  ${line}`)] : [`images: { ${lines[0] ?? ''} }`];
};

const applicationLines = ({ applications, sets }: DraftEnvironment, { argocd, hasArgocd }: Names): string[] => {
  const prefix = argocd === undefined ? '' : `${argocd}/`;
  const names = applications.map((name) => scalar(prefix + name));
  return [
    ...(hasArgocd && names.length > 0 ? [`applications: ${flowList(names)}`] : []),
    ...sets.map(
      (set) => `# applications: those of the ApplicationSet ${plain(set)}, whose names only the cluster knows`,
    ),
  ];
};

const editLines = (edits: DraftEnvironment['edits']): string[] =>
  'path' in edits
    ? [`path: ${scalar(edits.path)}`]
    : [
        'edits:',
        ...edits.map(({ file, key, image }) => {
          const entries = Object.entries({ file, key, image });
          return `  - ${flowMap(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, scalar(value)]])))}`;
        }),
      ];

const environmentLines = (environment: DraftEnvironment, names: Names): string[] => {
  const { name, gitops, edits, tags } = environment;
  return [
    `${scalar(name)}:${remark(whereOf(environment))}`,
    ...[
      'mode: observe',
      ...(names.gitops === 'named' ? [`gitops: ${scalar(gitops)}`] : []),
      ...editLines(edits),
      ...applicationLines(environment, names),
      ...(tags === undefined
        ? [`# tags: { pattern: ... }   the current ones do not tell which others are wanted`]
        : [`tags: ${flowMap(Object.entries(tags).map(([kind, value]) => [kind, scalar(value)]))}`]),
    ].map((line) => `  ${line}`),
  ];
};

/** Environments as they stand in a service. */
export const environmentsText = (environments: readonly DraftEnvironment[], names: Names): string =>
  environments.flatMap((environment) => environmentLines(environment, names).map((line) => `    ${line}`)).join('\n');

/** A service file's text for some services. */
export const servicesText = (services: readonly DraftService[], names: Names): string =>
  services
    .map(({ name, images, environments, known }) =>
      [
        `${scalar(name)}:`,
        `  team: ${scalar(known?.team ?? names.team)}`,
        ...imageLines(images).map((line) => `  ${line}`),
        '  environments:',
        environmentsText(environments, names),
      ].join('\n'),
    )
    .join('\n')
    .concat('\n');

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where each act plays: services that have nothing to do with each other, but for the two of the umbrella chart. */
export const places = {
  overtaken: 'checkout',
  late: 'cart',
  asked: 'profile',
  together: ['ledger', 'invoices'],
  /** A first deployment happens once, so each seed has its own. */
  first: (seed: number): string => `fresh-${seed}`,
} as const;

const platform = `
gitops:
  main: { repository: https://github.com/acme/gitops.git, branch: main }
  platform: { repository: https://github.com/acme/platform.git, branch: main }
argocd:
  eu: { url: https://argocd.eu.acme.example }
teams:
  pay: { slack: "#pay" }
defaults: { gitops: main, argocd: eu, mode: write, rollback: auto }
include: [services/*.yaml]
`;

const serviceFile = (name: string, where: string): string => `
${name}:
  team: pay
  source: { repository: "https://github.com/acme/${name}" }
  build: { codepipeline: { pipeline: ${name}, source: Source } }
  images: { app: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/${name} }
  environments:
    staging:
      tags: { pattern: "^main-(?<commit>[0-9a-f]{7,40})$" }
      smoke: [{ get: "https://${name}.acme.example/healthz", status: 200, within: 2s }]
${where.replaceAll(/^/gm, '      ')}
`;

const ofItsOwn = (name: string): string => `path: apps/${name}/overlays/staging\napplications: [${name}-staging]`;

const underTheUmbrella = (name: string): string =>
  `gitops: platform\nedits: [{ file: platform/values.yaml, key: ${name}.image, image: app }]\napplications: [platform]`;

/** Adds a service's file to a configuration. */
export const writeService = async (folder: string, name: string): Promise<void> => {
  const where = places.together.some((one) => one === name) ? underTheUmbrella(name) : ofItsOwn(name);
  const asks = name === places.asked ? `${where}\nrollback: ask` : where;
  await mkdir(join(folder, 'services'), { recursive: true });
  await writeFile(join(folder, 'services', `${name}.yaml`), serviceFile(name, asks));
};

/** Writes the configuration of the acts into a folder; gives its platform file. */
export const writePlaces = async (folder: string, names: readonly string[]): Promise<string> => {
  for (const name of names) await writeService(folder, name);
  const file = join(folder, 'fairlead.yaml');
  await writeFile(file, platform);
  return file;
};

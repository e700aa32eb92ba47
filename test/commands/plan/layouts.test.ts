import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingsOf, isRefused } from '#commands/plan/findings.ts';
import { reportLines } from '#commands/plan/report.ts';
import { survey } from '#commands/plan/survey.ts';
import { runs } from '../../runs.ts';
import { configured, layouts, pasted, reportOf, snapshotOf, surveyOf } from './layouts.ts';

describe.each(layouts)('a repository laid out as %s', (layout) => {
  test('is reported as in its golden file', async () => {
    const lines = reportLines(findingsOf([await surveyOf(layout)], undefined));
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(reportOf(layout));
  });

  test('gets a starting configuration that can be pasted: nothing of it is refused, and no image is left without a service', async () => {
    const surveys = [await surveyOf(layout)];
    const { starting } = findingsOf(surveys, undefined);
    const again = pasted(starting, surveys);
    expect(again.disabled).toEqual([]);
    expect(isRefused(again)).toBe(false);
    expect(again.starting.drafts).toEqual([]);
    expect(again.starting.leftOut).toEqual(starting.leftOut);
    const places = starting.drafts.flatMap(({ environments }) =>
      environments.flatMap((environment) => environment.places),
    );
    const examined = again.environments.flatMap(({ targets }) => targets);
    const written = examined.flatMap(({ verdict }) => (verdict.verdict === 'writes' ? verdict.lines : []));
    expect(written.length).toBeGreaterThanOrEqual(places.length);
  });

  test('has no application that its starting configuration forgot', async () => {
    const surveys = [await surveyOf(layout)];
    const again = pasted(findingsOf(surveys, undefined).starting, surveys);
    const forgotten = again.environments
      .flatMap(({ applications }) => applications)
      .filter(({ configured, name }) => !configured && !name.includes('{{'));
    expect(forgotten).toEqual([]);
  });
});

test('a repository without images is told as that', () => {
  const surveys = [survey({ name: 'main', snapshot: snapshotOf({ 'README.yaml': 'a: 1\n' }) })];
  expect(reportLines(findingsOf(surveys, undefined))).toContain('There is no image in it that Fairlead could find.');
});

test('two repositories are planned together, each under its name', async () => {
  const surveys = [await surveyOf('helm-values', 'charts'), await surveyOf('kustomize-overlays', 'apps')];
  const { starting } = findingsOf(surveys, undefined);
  expect(starting.services).toContain('gitops: charts');
  expect(starting.services).toContain('gitops: apps');
  expect(isRefused(pasted(starting, surveys))).toBe(false);
  expect(pasted(starting, surveys).starting.drafts).toEqual([]);
});

/** Names as Git allows them, and nobody wants them. */
const names = fc.oneof(
  fc.constantFrom(
    'staging',
    'prod',
    '- a',
    '#b',
    "it's",
    '"q"',
    'a: b',
    '{c}',
    'é',
    '\u202eevil',
    '\u001b[31mred',
    '*',
    '&x',
    '!y',
    '1.20',
    'on',
    'ä b',
    '%d',
    '[0]',
    '~',
    '.',
    ' ',
  ),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
);
const step = names.filter(
  (name) => !/[/\\\0\n\r]/.test(name) && !/^\.{1,2}$/.test(name) && name.toLowerCase() !== '.git',
);
const tags = fc.oneof(
  fc.constantFrom('latest', '1.20', '1.0.0', 'main-3da1eb4', '0777', 'v2'),
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
);

const place = fc.record({
  folders: fc.array(step, { minLength: 1, maxLength: 3 }),
  kind: fc.constantFrom('kustomization.yaml', 'deployment.yaml', 'values.yaml'),
  image: fc.constantFrom(
    'registry.example/acme/checkout',
    'registry.example/acme/ledger',
    'registry.example/shop/checkout',
  ),
  tag: tags,
});

const contentOf = (kind: string, image: string, tag: string): string => {
  if (kind === 'kustomization.yaml') return `images: [{ name: ${image}, newTag: "${tag}" }]\n`;
  if (kind === 'values.yaml') return `image: { repository: ${image}, tag: "${tag}" }\n`;
  return `apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: a, image: "${image}:${tag}" }] }\n`;
};

test('whatever folders are called, the starting configuration is YAML, is accepted, and names every image once', () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 8 }), (places) => {
      const files = Object.fromEntries(
        places.map(({ folders, kind, image, tag }) => [[...folders, kind].join('/'), contentOf(kind, image, tag)]),
      );
      const surveys = [survey({ name: 'main', snapshot: snapshotOf(files) })];
      const findings = findingsOf(surveys, undefined);
      // A terminal is shown nothing that moves its cursor or turns its text.
      for (const line of reportLines(findings)) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      if (findings.starting.drafts.length === 0) return;
      const again = pasted(findings.starting, surveys);
      expect(again.disabled).toEqual([]);
      expect(isRefused(again)).toBe(false);
      expect(again.starting.drafts).toEqual([]);
      expect(again.starting.leftOut.length).toBe(findings.starting.leftOut.length);
    }),
    { numRuns: runs(6, 50) },
  );
});

describe('a configuration that is there already', () => {
  const platform = `
gitops: { main: { repository: https://github.com/acme/gitops.git } }
argocd: { eu: { url: https://argocd.eu.acme.example } }
teams: { pay: { slack: "#pay" } }
defaults: { gitops: main, argocd: eu }
include: [services/*.yaml]
`;
  const checkout = (rest: string): string => `
checkout:
  team: pay
  images: { app: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/checkout }
  environments:
    staging: { path: apps/checkout/overlays/staging, applications: [checkout-staging] }
    production: ${rest}
`;

  test('is told per service and environment, with what deploys it', async () => {
    const services = checkout('{ path: apps/checkout/overlays/production, applications: [elsewhere] }');
    const findings = findingsOf([await surveyOf('kustomize-overlays')], configured(platform, services));
    expect(isRefused(findings)).toBe(false);
    const lines = reportLines(findings);
    expect(lines).toContain('checkout  (team pay)');
    expect(lines).toContain('      main-3da1eb4  at apps/checkout/overlays/staging/kustomization.yaml:7');
    expect(lines).toContain('    Argo CD: eu/checkout-staging  argocd/staging.yaml:1');
    expect(lines).toContain('    Argo CD: eu/elsewhere  (no manifest of it in this repository)');
    expect(lines.join('\n')).toContain('Argo CD: checkout-production deploys this too (argocd/production.yaml:1)');
  });

  test('gets only what it lacks, with its own team, repository and Argo CD', async () => {
    const services = checkout('{ path: apps/checkout/overlays/production }');
    const { starting } = findingsOf([await surveyOf('kustomize-overlays')], configured(platform, services));
    expect(starting.platform).toBeUndefined();
    expect(starting.drafts.map(({ name }) => name)).toEqual(['storefront']);
    expect(starting.services).toContain('applications: [eu/storefront-staging]');
    expect(starting.services).toContain('team: pay');
  });

  test('gets the environments that a service lacks, under names that it does not have', async () => {
    const surveys = [await surveyOf('kustomize-overlays')];
    const services = checkout('{ path: apps/checkout/overlays/staging }');
    const { starting } = findingsOf(surveys, configured(platform, services));
    expect(starting.drafts.map(({ name }) => name)).toEqual(['checkout', 'storefront']);
    const [{ service, file, text } = { service: '', file: '', text: '' }] = starting.additions;
    expect([service, file]).toEqual(['checkout', 'services/start.yaml']);
    expect(text).toContain('    production-2: # main-1c0ffee');
    const again = findingsOf(surveys, configured(platform, `${services}${text}\n${starting.services}`));
    expect(again.disabled).toEqual([]);
    expect(isRefused(again)).toBe(false);
    expect(again.starting.drafts).toEqual([]);
  });

  test('may let an entry be added, whose lines are told', async () => {
    const services = checkout('{ path: apps/storefront/overlays/production, addMissing: true }');
    const findings = findingsOf([await surveyOf('kustomize-overlays')], configured(platform, services));
    expect(isRefused(findings)).toBe(false);
    const at = (line: number): string => `apps/storefront/overlays/production/kustomization.yaml:${line}`;
    expect(reportLines(findings)).toContain(`      no entry yet  at ${at(10)}, ${at(11)}`);
  });

  test('is refused where the writer would, in the writer’s words', async () => {
    const services = checkout('{ path: apps/storefront/base }');
    const findings = findingsOf([await surveyOf('kustomize-overlays')], configured(platform, services));
    expect(isRefused(findings)).toBe(true);
    expect(reportLines(findings).join('\n')).toMatch(
      /REFUSED \(no-entry\) {2}apps\/storefront\/base\/kustomization\.yaml:1/,
    );
  });

  test('is refused where it is wrong itself', async () => {
    const findings = findingsOf([await surveyOf('kustomize-overlays')], configured(platform, checkout('{ paht: x }')));
    expect(isRefused(findings)).toBe(true);
    expect(reportLines(findings).join('\n')).toContain('checkout  SWITCHED OFF: its configuration is wrong');
    expect(findings.starting.drafts.map(({ name }) => name)).toEqual(['storefront']);
  });

  test('is not looked at where its repository was not given', async () => {
    const two = platform.replace('gitops: {', 'gitops: { other: { repository: https://github.com/acme/other.git },');
    const services = checkout('{ gitops: other, path: anywhere }');
    const findings = findingsOf([await surveyOf('kustomize-overlays')], configured(two, services));
    expect(isRefused(findings)).toBe(false);
    expect(reportLines(findings)).toContain('      not looked at: no folder was given for other');
  });
});

import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGitServer } from '#local/git-server/server.ts';
import { type ArgocdEvent, createArgocdStandin } from '#local/standins/argocd/standin.ts';

export const webhookSecret = 'argocd-webhook-secret';
export const token = 'argocd-token';
export const registry = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
export const repoUrl = 'https://github.com/acme/gitops.git';

const configMapUrl = new URL('../../../../deploy/argocd/notifications.yaml', import.meta.url);

export const readConfigMap = (): Promise<string> => readFile(configMapUrl, 'utf8');

export const kustomization = (tag: string): string =>
  `images:\n  - name: ${registry}/checkout\n    newTag: ${tag}\nresources: [deployment.yaml]\n`;

export const values = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([service, tag]) => `${service}:\n  image: { repository: ${registry}/${service}, tag: ${tag} }\n`)
    .join('');

export interface Received {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A fake of our webhook that keeps what comes and answers what it is told to. */
export const createFakeReceiver = async () => {
  const received: Received[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      received.push({ headers: request.headers, body: JSON.parse(body.toString('utf8')) });
      response.writeHead(statuses.shift() ?? 202).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/webhooks/argocd/eu`,
    received,
    /** The next answers. */
    answer: (...next: number[]) => statuses.push(...next),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

type StandinOptions = Parameters<typeof createArgocdStandin>[0];

/** A GitOps repository on a real git server, the fake receiver, and the stand-in between them. */
export const createWorld = async (overrides: Partial<StandinOptions> = {}) => {
  const root = await mkdtemp(join(tmpdir(), 'fairlead-test-'));
  const git = await createGitServer({ root });
  const gitops = await git.createRepository('acme/gitops', {
    files: {
      'apps/checkout/overlays/staging/kustomization.yaml': kustomization('main-1'),
      'platform/values.yaml': values({ ledger: 'main-1', billing: 'main-1' }),
    },
  });
  const receiver = await createFakeReceiver();
  const argocd = await createArgocdStandin({
    name: 'eu',
    applications: [
      { name: 'checkout-staging', repoUrl, branch: 'main', place: { path: 'apps/checkout/overlays/staging' } },
    ],
    webhookSecret,
    notifications: { configMap: await readConfigMap(), url: receiver.url, token },
    resolve: () => gitops.url,
    delays: { refresh: 5, sync: 15, rollout: 30, termination: 30, retries: 0.001 },
    ...overrides,
  });
  const steps: ArgocdEvent[] = [];
  argocd.subscribe((event) => steps.push(event));
  return {
    gitops,
    receiver,
    argocd,
    steps,
    commitTag: (tag: string) =>
      gitops.commit({
        files: { 'apps/checkout/overlays/staging/kustomization.yaml': kustomization(tag) },
        message: tag,
      }),
    close: async () => {
      await argocd.close();
      receiver.close();
      await git.close();
      await rm(root, { recursive: true, force: true });
    },
  };
};

import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSample } from '#local/commands/samples.ts';
import { startFairlead } from '#local/fairlead.ts';
import { createGitServer } from '#local/git-server/server.ts';
import { packageStage } from '#local/package.ts';
import { secrets } from '#local/secrets.ts';
import { readTemplate } from '#local/template/read-template.ts';
import { runInEnvironment } from '../bundles/environment.ts';
import { addRuntime, filesWith, layOut, runIn } from './chroot.ts';
import { createAuthority, startTlsFront } from './tls.ts';

/**
 * Proves the layer where it has to work: in a chroot that holds nothing else. Fetches with a filter and pushes by HTTPS with a
 * token from the environment, has a wrong certificate refused, looks for the token on the disk, and runs the packaged
 * image-tag-updater with it. Without the folder of AWS's Runtime Interface Client it leaves the last out.
 * As root: prove-git.ts <git-layer.zip> [<folder of aws-lambda-ric>]
 */
const [layer, runtimeClient] = process.argv.slice(2);
if (layer === undefined) throw new Error('prove-git.ts <git-layer.zip> [<folder of aws-lambda-ric>]');

const folder = await mkdtemp(join(tmpdir(), 'prove-git-'));
const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
const proven = (what: string): void => console.log(`✓ ${what}`);

const authority = await createAuthority(folder, 'acme-ca');
const stranger = await createAuthority(folder, 'another-ca');
const identity = await authority.issue();

/** As image-tag-updater hands them to git. */
const variables = (url: string, token: string, certificate: string | undefined): Record<string, string> => ({
  PATH: '/opt/bin',
  HOME: '/tmp',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: `http.${url}/.extraHeader`,
  GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
  GIT_AUTHOR_NAME: 'Fairlead',
  GIT_AUTHOR_EMAIL: 'fairlead@acme.example',
  GIT_COMMITTER_NAME: 'Fairlead',
  GIT_COMMITTER_EMAIL: 'fairlead@acme.example',
  ...(certificate !== undefined && { GIT_SSL_CAINFO: certificate }),
});

/** The certificates of both authorities, as a user's own layer would add them. */
const addAuthorities = async (root: string): Promise<void> => {
  await copyFile(authority.certificate, join(root, 'opt/acme-ca.pem'));
  await copyFile(stranger.certificate, join(root, 'opt/another-ca.pem'));
};

const traces = (root: string, token: string): Promise<string[]> =>
  filesWith(root, [token, Buffer.from(`x-access-token:${token}`).toString('base64')]);

const proveAlone = async (): Promise<void> => {
  const root = join(folder, 'alone');
  const there = await layOut(root, layer);
  await addAuthorities(root);
  const token = 'ghs_anElaborateToken';
  const server = await createGitServer({ root: join(folder, 'git') });
  closing.push(server.close);
  const files = { 'kustomization.yaml': 'newTag: main-1\n', 'large.bin': 'x'.repeat(100_000) };
  const repository = await server.createRepository('acme/gitops', { files, token, private: true });
  const front = await startTlsFront(server.url, identity);
  closing.push(front.close);
  const origin = `${front.url}/acme/gitops.git`;

  const git = async (args: readonly string[], { ca = '/opt/acme-ca.pem', input = '', shown = token } = {}) =>
    runIn(root, ['/opt/bin/git', '-C', '/tmp/clone', ...args], variables(front.url, shown, ca || undefined), input);
  const done = async (...given: Parameters<typeof git>): Promise<string> => {
    const { code, stdout, stderr } = await git(...given);
    assert.equal(code, 0, `git ${given[0].join(' ')}: ${stderr}`);
    return stdout.trim();
  };

  const { stdout: version, stderr } = await runIn(root, ['/opt/bin/git', '--version'], {});
  assert.match(version, /^git version 2\./, stderr);
  proven(`${version.trim()} runs in a chroot that holds ${there}`);

  await mkdir(join(root, 'tmp/clone'));
  await done(['init', '--bare', '--template=', '.']);
  assert.equal(await done(['config', 'http.followRedirects']), 'false');
  assert.match(await done(['config', '--type=path', 'http.sslCAInfo']), /\/etc\/ssl\/cert\.pem$/);
  proven('its own system configuration is in force');

  const fetchIt = [
    'fetch',
    '--depth',
    '1',
    '--no-tags',
    '--filter=blob:none',
    origin,
    'refs/heads/main:refs/heads/main',
  ];
  for (const ca of ['', '/opt/another-ca.pem']) {
    const refused = await git(fetchIt, { ca });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /certificate/, refused.stderr);
    assert.equal(front.requests.length, 0, 'something was asked before the certificate was refused');
  }
  proven('a server whose authority it does not know gets nothing of it, not even a request');

  assert.notEqual((await git(fetchIt, { shown: 'wrong' })).code, 0);
  await done(fetchIt);
  const missing = await done(['rev-list', '--objects', '--missing=print', 'refs/heads/main']);
  assert.equal(missing.split('\n').filter((line) => line.startsWith('?')).length, 2, 'the filter left no blob out');
  proven('a fetch by HTTPS with a filter leaves the blobs out');

  const blob = await done(['hash-object', '-w', '--stdin'], { input: 'newTag: main-2\n' });
  const [, other = ''] = /(?<=blob )(\w+)\tlarge\.bin/.exec(await done(['ls-tree', 'refs/heads/main'])) ?? [];
  const listing = `100644 blob ${blob}\tkustomization.yaml\n100644 blob ${other}\tlarge.bin\n`;
  const tree = await done(['mktree', '--missing'], { input: listing });
  const before = await done(['rev-parse', 'refs/heads/main']);
  const commit = await done(['commit-tree', tree, '-p', before, '-m', 'Two']);
  await done([
    'push',
    '--porcelain',
    `--force-with-lease=refs/heads/main:${before}`,
    origin,
    `${commit}:refs/heads/main`,
  ]);
  assert.equal(await repository.head(), commit);
  assert.equal((await repository.read('kustomization.yaml')).toString(), 'newTag: main-2\n');
  assert.ok(
    front.requests.every(({ authorized }) => authorized),
    'a request came without the token',
  );
  proven('a push by HTTPS lands, with the token in the first request of each');

  assert.deepEqual(await traces(root, token), []);
  proven('no trace of the token is on the disk');
};

const proveUpdater = async (client: string): Promise<void> => {
  const root = join(folder, 'lambda');
  await layOut(root, layer);
  await addRuntime(root, client);
  const config = join(import.meta.dirname, '../../examples/acme/fairlead.yaml');
  const fairlead = await startFairlead({ config, stage: 'dev' });
  closing.push(fairlead.close);
  const front = await startTlsFront(fairlead.github.url, identity);
  closing.push(front.close);

  // The same configuration, but for the GitOps repository, which is behind TLS.
  const secure = join(folder, 'config');
  await mkdir(join(secure, 'services'), { recursive: true });
  const text = await readFile(fairlead.localConfig, 'utf8');
  await writeFile(join(secure, 'fairlead.yaml'), text.replaceAll(fairlead.github.url, front.url));
  const services = 'services/checkout.yaml';
  await copyFile(join(fairlead.localConfig, '..', services), join(secure, services));
  const packaged = join(folder, 'packaged');
  await packageStage('dev', { config: join(secure, 'fairlead.yaml'), slackApiUrl: fairlead.slack.url }, packaged);
  const { account, region } = fairlead.cloud.model;
  const place = { account, region, stackName: 'fairlead-dev', queueUrlBase: fairlead.cloud.endpoint };
  const updater = readTemplate(packaged, { ...place, imports: {} }).functions.find(({ name }) =>
    name.endsWith('-image-tag-updater'),
  );
  assert.ok(updater);

  const repository = fairlead.gitops.get('main');
  assert.ok(repository);
  const before = await repository.head();
  const run = async (certificate: string) =>
    runInEnvironment(updater, await readSample('image-tag-updater.json'), {
      runtimeClient: client,
      endpoint: fairlead.cloud.endpoint,
      chroot: root,
      variables: {
        PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin', // as in Lambda
        GIT_SSL_CAINFO: certificate,
      },
    });
  await addAuthorities(root);

  const refused = await run('/opt/another-ca.pem');
  assert.equal(await repository.head(), before);
  assert.match(JSON.stringify(refused.payload), /itemIdentifier/, refused.output);
  assert.match(refused.output, /certificate/, refused.output);
  proven('the packaged image-tag-updater gives its message back where the authority is not known');

  const { kind, payload, output } = await run('/opt/acme-ca.pem');
  assert.deepEqual({ kind, payload }, { kind: 'response', payload: { batchItemFailures: [] } }, output);
  const path = 'apps/checkout/overlays/staging/kustomization.yaml';
  assert.notEqual(await repository.head(), before, output);
  assert.match((await repository.read(path)).toString(), /newTag: main-3f2a9c1/);
  assert.ok(front.requests.some(({ line }) => line.includes('git-receive-pack')));
  proven(
    'the packaged image-tag-updater commits and pushes with the git of the layer, under the Runtime Interface Client',
  );

  assert.deepEqual(await traces(root, secrets.gitops), []);
  assert.ok(!output.includes(secrets.gitops), 'the token is in the log');
  proven('no trace of the token is on its disk, nor in its log');
};

try {
  await proveAlone();
  if (runtimeClient !== undefined) await proveUpdater(runtimeClient);
} finally {
  for (const close of closing.reverse()) await close();
}

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { runGit } from '#local/git-server/run-git.ts';
import { clearEachTime, start } from './world.ts';

clearEachTime();

const answerSchema = z.object({ status: z.number(), body: z.unknown() });

/** The API of a stand-in, with the repository's own token. */
const open = async () => {
  const world = await start();
  const gitops = await world.github.createRepository('acme/gitops', { token: 'ghp', files: { a: '1\n' } });
  const ask = async (method: string, path: string, body?: object, token = 'ghp') => {
    const response = await fetch(`${world.github.api}/repos/acme/gitops/pulls${path}`, {
      method,
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return answerSchema.parse({ status: response.status, body: await response.json() });
  };
  const change = { title: 'Change', body: '', head: 'change', base: 'main' };
  return { ...world, gitops, ask, change };
};

describe('pull requests of the stand-in', () => {
  test('are refused as GitHub refuses them', async () => {
    const { ask, gitops, change } = await open();
    expect(await ask('POST', '', change)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'head', code: 'invalid' }] },
    });
    await runGit(gitops.directory, ['branch', 'change', 'main']);
    expect(await ask('POST', '', change)).toMatchObject({
      status: 422,
      body: { message: 'Validation Failed', errors: [{ message: 'No commits between main and change' }] },
    });
    await gitops.commit({ branch: 'change', files: { a: '2\n' }, message: 'Two' });
    expect(await ask('POST', '', change)).toMatchObject({ status: 201, body: { number: 1, state: 'open' } });
    expect(await ask('POST', '', change)).toMatchObject({
      status: 422,
      body: { errors: [{ message: 'A pull request already exists for acme:change.' }] },
    });
    expect((await ask('GET', '', undefined, '')).status).toBe(401);
    expect((await ask('GET', '', undefined, 'wrong')).status).toBe(403);
    expect((await ask('GET', '/9')).status).toBe(404);
  });

  test('are listed by a head that names its owner; any other head is ignored', async () => {
    const { ask, gitops, change } = await open();
    await gitops.commit({ branch: 'other', files: { a: '2\n' }, message: 'Two' });
    await ask('POST', '', { ...change, head: 'other' });
    expect((await ask('GET', '?head=acme:change')).body).toEqual([]);
    expect((await ask('GET', '?head=change')).body).toMatchObject([{ head: { ref: 'other' } }]);
  });

  test('are merged once, unless they conflict, and tell of it', async () => {
    const { ask, gitops, change, github } = await open();
    const start = await gitops.head();
    for (const [branch, content] of [
      ['change', '2\n'],
      ['clash', '3\n'],
    ] as const) {
      await runGit(gitops.directory, ['branch', branch, start ?? '']);
      await gitops.commit({ branch, files: { a: content }, message: branch });
      await ask('POST', '', { ...change, head: branch });
    }
    expect(await ask('PUT', '/1/merge', { merge_method: 'squash' })).toMatchObject({
      status: 200,
      body: { merged: true, sha: await gitops.head() },
    });
    expect((await gitops.read('a')).toString()).toBe('2\n');
    for (const number of [1, 2]) expect((await ask('PUT', `/${number}/merge`, {})).status).toBe(405);
    await github.idle();
    const told = github.deliveries().map(({ event }) => event);
    expect(told.filter((event) => event === 'pull_request')).toHaveLength(3);
    expect(told).toContain('push');
  });
});

import { describe, expect, test } from 'vitest';
import { push } from '#local/standins/github/push.ts';
import { clearEachTime, closes, files, start } from './world.ts';

clearEachTime();

describe('a delivery', () => {
  test('is listed with its answer, and told to who listens', async () => {
    const { github, url } = await start({}, 302);
    const heard: string[] = [];
    github.subscribe(({ event }) => heard.push(event));
    await push(url, { files, message: 'Round half up' });
    await github.idle();
    const told = { event: 'push', repository: 'acme/shop', status: 302, redelivered: false };
    expect(github.deliveries()).toMatchObject([told]);
    expect(heard).toEqual(['push']);
  });

  test('that fails is not sent again, but by hand, with the same id and bytes', async () => {
    const { receiver, github, url } = await start({}, 500);
    await push(url, { files, message: 'Round half up' });
    await github.idle();
    const [{ id } = expect.fail()] = github.deliveries();
    expect(receiver.received).toHaveLength(1);
    github.redeliver(id);
    await github.idle();
    const [first, second] = receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['x-github-delivery']).toBe(id);
    expect(github.deliveries()).toMatchObject([
      { id, redelivered: false },
      { id, redelivered: true },
    ]);
  });

  test('that is not answered in time is given up', async () => {
    const { github, url } = await start({ patience: 50 }, 'never');
    await push(url, { files, message: 'Round half up' });
    await github.idle();
    expect(github.deliveries()).toMatchObject([{ status: 'timed out' }]);
  });

  test('to nobody has no answer, and the push is done all the same', async () => {
    const { github, repository, url } = await start({ webhookUrl: 'http://127.0.0.1:1/' });
    const commit = await push(url, { files, message: 'Round half up' });
    await github.idle();
    expect(github.deliveries()).toMatchObject([{ status: 'no answer' }]);
    expect(await repository.head()).toBe(commit);
  });

  test('that GitHub loses never comes, until somebody delivers it again', async () => {
    const { receiver, github, url } = await start({ faults: { loses: (event) => event === 'push' } });
    await push(url, { files, message: 'Round half up' });
    await github.idle();
    expect(receiver.received).toEqual([]);
    const [{ id, status } = expect.fail()] = github.deliveries();
    expect(status).toBe('lost');
    github.redeliver(id);
    await github.idle();
    expect(receiver.received).toHaveLength(1);
  });

  test('that is delayed comes later', async () => {
    const { receiver, github, url } = await start({ faults: { delays: (event) => (event === 'create' ? 100 : 0) } });
    await push(url, { branch: 'feature', files, message: 'Round half up' });
    await github.idle();
    expect(receiver.received.map(({ event }) => event)).toEqual(['push', 'create']);
  });

  test('that nobody knows cannot be delivered again', async () => {
    const { github } = await start();
    expect(() => github.redeliver('72d3162e')).toThrow('GitHub has no delivery 72d3162e');
  });

  test('under way does not hold up the end', async () => {
    const { github, url } = await start({}, 'never');
    await push(url, { files, message: 'Round half up' });
    closes.shift();
    await github.close();
    expect(github.deliveries()).toMatchObject([{ status: 'no answer' }]);
  });
});

import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { translate } from '#functions/argocd-webhook/translate.ts';
import { type Configuration, parseConfigMap } from '#local/standins/argocd/notifications/config-map.ts';
import { goTime } from '#local/standins/argocd/notifications/template-values.ts';

let text: string;
let configuration: Configuration;
beforeAll(async () => {
  text = await readFile(new URL('../../deploy/argocd/notifications.yaml', import.meta.url), 'utf8');
  configuration = parseConfigMap(text, {
    'fairlead-url': 'https://api.acme.dev/webhooks/argocd/eu',
    'fairlead-token': 't0',
  });
});

const now = Date.parse('2026-07-01T09:00:00Z');

const render = (app: object): string => {
  const template = configuration.templates.get('fairlead-application')?.get('fairlead');
  if (!template) throw new Error('no template');
  return template.body({ app, time: { Now: () => goTime(now) } });
};

describe('the ConfigMap', () => {
  test('merges into one that is there: every name is ours', () => {
    const keys = Object.keys(parse(text).data);
    expect(
      keys.filter((key) => !/^(service\.webhook|defaultTriggers|trigger|template)\.fairlead(-|$)/.test(key)),
    ).toEqual([]);
  });

  test('takes the URL and the token from the secret', () => {
    expect(configuration.services.get('fairlead')).toMatchObject({
      url: 'https://api.acme.dev/webhooks/argocd/eu',
      headers: expect.arrayContaining([{ name: 'Authorization', value: 'Bearer t0' }]),
      retryMax: 3,
      retryWaitMin: 1000,
      retryWaitMax: 8000,
    });
  });

  test('subscribes to every trigger that it defines, and each sends a template that is there', () => {
    expect(configuration.defaultTriggers.get('fairlead')).toEqual([...configuration.triggers.keys()]);
    for (const conditions of configuration.triggers.values()) {
      for (const { send } of conditions) expect(configuration.templates.has(send[0] ?? '')).toBe(true);
    }
  });

  test('tells each state twice over: whenever it begins, and once for each sync', () => {
    for (const [name, conditions] of configuration.triggers) {
      if (name === 'fairlead-deleted') continue;
      expect(conditions.some(({ oncePer }) => oncePer === undefined)).toBe(true);
      expect(conditions.some(({ oncePer }) => oncePer !== undefined)).toBe(true);
    }
  });
});

describe('the template', () => {
  test('renders an application that Argo CD knows nothing of yet', () => {
    const body = render({ metadata: { name: 'new', namespace: 'argocd' }, spec: { project: 'default' } });
    expect(translate('eu', Buffer.from(body))).toEqual({
      application: 'eu/new',
      observedAt: '2026-07-01T09:00:00.000Z',
      revisions: [],
      sync: '',
      health: { status: '', message: '' },
      deployments: [],
      images: [],
    });
  });

  test('renders several sources', () => {
    const observation = translate(
      'eu',
      Buffer.from(
        render({
          metadata: { name: 'many' },
          spec: { sources: [{}, {}] },
          status: {
            sync: { status: 'Synced', revisions: ['a'.repeat(40), '1.2.3'] },
            health: { status: 'Healthy' },
            operationState: {
              phase: 'Succeeded',
              startedAt: '2026-07-01T08:59:00Z',
              syncResult: { revisions: ['a'.repeat(40), '1.2.3'] },
            },
          },
        }),
      ),
    );
    expect(observation).toMatchObject({
      revisions: ['a'.repeat(40), '1.2.3'],
      operation: { revisions: ['a'.repeat(40), '1.2.3'], images: [] },
    });
  });

  test('lets no text break out of its place', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"}', '","phase":"Succeeded', '{{ .app }}', '\\', '\n', '</script>', '\u2028', '\ud800'),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, message, image) => {
        const body = render({
          metadata: { name },
          spec: { project: message },
          status: {
            health: { status: message, message },
            operationState: { phase: 'Failed', message, startedAt: name },
            summary: { images: [image] },
          },
        });
        const parsed = JSON.parse(body);
        expect(Object.keys(parsed)).toEqual([
          'version',
          'observedAt',
          'application',
          'source',
          'sync',
          'health',
          'operation',
          'images',
          'deployments',
        ]);
        expect(parsed.operation.phase).toBe('Failed');
        expect(parsed.images).toEqual([image]);
        expect(parsed.application.name).toBe(name);
      }),
    );
  });

  test('cuts a long message, and the whole stays small', () => {
    const body = render({
      metadata: { name: 'long' },
      status: { operationState: { phase: 'Failed', message: 'ü'.repeat(100_000), startedAt: '2026-07-01T08:59:00Z' } },
    });
    expect(Buffer.byteLength(body)).toBeLessThan(4000);
    expect(translate('eu', Buffer.from(body)).operation?.message.length).toBeGreaterThan(900);
  });
});

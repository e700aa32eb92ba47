import { expect, test } from 'vitest';
import { withLocalAddresses } from '#commands/config/local-addresses.ts';

const filesOf = (host: string, more: object = {}) => ({
  version: 'v',
  platform: {
    file: 'fairlead.yaml',
    content: {
      gitops: {
        main: { repository: `https://git.${host}/acme/gitops.git`, branch: 'main', api: `https://api.${host}` },
      },
      argocd: { eu: { url: `https://argocd.${host}` } },
      teams: {},
      ...more,
    },
  },
  services: [
    {
      file: 'checkout.yaml',
      content: {
        checkout: {
          team: 'pay',
          environments: { staging: { mode: 'write', smoke: [{ get: `https://${host}/healthz?a=1`, within: '3s' }] } },
        },
      },
    },
    { file: 'wrong.yaml', unreadable: 'no YAML' },
  ],
});

test('what is published locally has the addresses of the stand-ins, and is else as it was written', () => {
  expect(withLocalAddresses(filesOf('acme.example'), filesOf('127.0.0.1:1'))).toEqual(filesOf('127.0.0.1:1'));
});

test('what has no stand-in is refused rather than sent to the real place', () => {
  const argocd = { eu: { url: 'https://argocd.acme.example' }, us: { url: 'https://us.acme.example' } };
  expect(() => withLocalAddresses(filesOf('acme.example', { argocd }), filesOf('127.0.0.1:1'))).toThrow(
    'no stand-in for argocd us: start it with this configuration',
  );
});

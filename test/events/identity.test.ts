import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalRepository, chainOf, deriveId, traceparentOf } from '#events/identity.ts';
import { type Image, imageReference, imageSchema, purlOf } from '#events/image.ts';
import { commit } from './examples.ts';

const uuidV5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));

describe('deriveId', () => {
  test('gives the ids that it always gave: to change them makes every retry a stranger', () => {
    expect(deriveId('a', undefined, 'b')).toBe('09da6522-3fa7-59e7-a49e-49b4c676246e');
    expect(chainOf('https://github.com/acme/shop', commit)).toBe('5ccdb877-2b64-5b03-9038-d5555b38d3ba');
  });

  test('keeps parts apart, wherever their borders are', async () => {
    await fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ minLength: 1 }), (a, b, c) => {
        expect(deriveId(a, b)).toMatch(uuidV5);
        expect(deriveId(a + c, b)).not.toBe(deriveId(a, c + b));
        expect(deriveId(a, undefined)).not.toBe(deriveId(a));
        expect(deriveId(a, undefined)).not.toBe(deriveId(a, ''));
        expect(deriveId(a, undefined)).not.toBe(deriveId(a, 'null'));
      }),
    );
  });
});

describe('a chain', () => {
  test.each([
    'https://github.com/acme/shop',
    'https://github.com/acme/shop.git',
    'https://github.com/acme/shop/',
    'https://github.com/acme/shop.git/',
    'https://GitHub.com/Acme/Shop.git',
  ])('is that of the repository, in its one form: %s', (url) => {
    expect(canonicalRepository(url)).toBe('https://github.com/acme/shop');
    expect(chainOf(url, commit.toUpperCase())).toBe(chainOf('https://github.com/acme/shop', commit));
  });

  test('is another for another commit or repository', async () => {
    await fc.assert(
      fc.property(hex(40), hex(40), (one, two) => {
        fc.pre(one !== two);
        expect(chainOf('https://github.com/acme/shop', one)).not.toBe(chainOf('https://github.com/acme/shop', two));
        expect(chainOf('https://github.com/acme/shop', one)).not.toBe(chainOf('https://github.com/acme/shops', one));
      }),
    );
  });

  test('has a canonical form that stays as it is', async () => {
    await fc.assert(
      fc.property(fc.domain(), hex(7), fc.constantFrom('', '.git', '/', '.git/'), (host, name, ending) => {
        const canonical = canonicalRepository(`https://${host}/Acme/${name}${ending}`);
        expect(canonical).toBe(`https://${host.toLowerCase()}/acme/${name}`);
        expect(canonicalRepository(canonical)).toBe(canonical);
      }),
    );
  });
});

describe('traceparent', () => {
  test('is valid W3C Trace Context, its trace is the chain, its span never all zeros', async () => {
    await fc.assert(
      fc.property(hex(40), fc.string(), (sha, part) => {
        const chain = chainOf('https://github.com/acme/shop', sha);
        const traceparent = traceparentOf(chain, deriveId(part));
        expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
        const [, trace, span] = traceparent.split('-');
        expect(trace).toBe(chain.replaceAll('-', ''));
        expect(span).not.toBe('0'.repeat(16));
      }),
    );
  });
});

describe('an image', () => {
  const image: Image = {
    repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout',
    tag: 'main-3f2a9c1',
    digest: `sha256:${'ab'.repeat(32)}`,
  };

  test('has the package URL of the purl specification', () => {
    expect(purlOf(image)).toBe(
      `pkg:oci/checkout@sha256%3A${'ab'.repeat(32)}?repository_url=111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout&tag=main-3f2a9c1`,
    );
    expect(imageReference(image)).toBe('111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout:main-3f2a9c1');
  });

  test('is found again in its package URL, even with a port in the registry', async () => {
    const repository = fc.stringMatching(
      /^[a-z0-9]{1,9}(\.[a-z]{1,5})?(:[0-9]{2,4})?(\/[a-z0-9]{1,6}([._-][a-z0-9]{1,4})?){1,3}$/,
    );
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/);
    await fc.assert(
      fc.property(repository, tag, hex(64), (name, label, digits) => {
        const one = imageSchema.parse({ repository: name, tag: label, digest: `sha256:${digits}` });
        const url = new URL(purlOf(one));
        expect(url.protocol).toBe('pkg:');
        expect(url.pathname).toBe(`oci/${name.slice(name.lastIndexOf('/') + 1)}@sha256%3A${digits}`);
        expect(Object.fromEntries(url.searchParams)).toEqual({ repository_url: name, tag: label });
      }),
    );
  });

  test.each([
    ['tag', 'latest:1'],
    ['tag', '-main'],
    ['tag', 'a'.repeat(129)],
    ['tag', ''],
    ['digest', 'sha256:abc'],
    ['digest', 'ab'.repeat(32)],
    ['repository', 'checkout'],
    ['repository', 'registry.example/Checkout'],
    ['repository', 'registry.example/checkout:main'],
    ['repository', 'registry.example/../checkout'],
  ])('is refused with %s "%s"', (field, value) => {
    expect(imageSchema.safeParse({ ...image, [field]: value }).success).toBe(false);
  });
});

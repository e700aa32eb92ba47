import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdit } from '#shared/gitops/edits/edit.ts';
import { findImages } from '#shared/gitops/edits/find-images.ts';
import { readYaml } from '#shared/gitops/edits/yaml-file.ts';
import { Refused } from '#shared/gitops/refused.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';
import { runs } from '../../runs.ts';
import { digest } from './standard.ts';

const path = 'platform/values.yaml';
const count = 40;
const name = (at: number): string => `registry.example/service-${at}`;

/** How an umbrella chart's services are written: each its own way. */
const styles: ((at: number) => string)[] = [
  (at) =>
    `service-${at}:\n  image:\n    repository: ${name(at)} # ours\n    tag: v0   # aligned\n  note: plain\n    on two lines\n`,
  (at) => `"service-${at}":\n    image: { repository: ${name(at)}, tag: 'v0', digest: "" }\n\n    # below\n`,
  (at) =>
    `service-${at}: # named\n  containers:\n  - name: app\n    image: ${name(at)}:v0\n  - name: other\n    image: other/image:v0\n`,
  (at) =>
    `service-${at}:\n  defaults: &defaults-${at}\n    repository: ${name(at)}\n    tag: &tag-${at} "v0"\n  image: { <<: *defaults-${at} }\n  label: *tag-${at}\n`,
  (at) =>
    `service-${at}:\n  image:\n    repository: ${name(at)}\n    tag: >-\n      v0\n  script: |\n    image: not/this:v0\n\n\n`,
  (at) => `? service-${at}\n: image:\n    repository: ${name(at)}\n    tag: v0\n`,
];

interface Shape {
  readonly picks: readonly number[];
  readonly nested: boolean;
  readonly secondDocument: boolean;
  readonly windows: boolean;
  readonly mark: boolean;
  readonly lastNewline: boolean;
}

const layout: fc.Arbitrary<Shape> = fc.record({
  picks: fc.array(fc.nat({ max: styles.length - 1 }), { minLength: count, maxLength: count }),
  nested: fc.boolean(),
  secondDocument: fc.boolean(),
  windows: fc.boolean(),
  mark: fc.boolean(),
  lastNewline: fc.boolean(),
});

const textOf = ({ picks, nested, secondDocument, windows, mark, lastNewline }: Shape): string => {
  const services = picks.map((pick, at) => (styles[pick] ?? styles[0])?.(at) ?? '').join('');
  const body = nested ? `services:\n${services.replace(/^(?=.)/gm, '  ')}` : services;
  const padding = `padding:\n${'  - some more text, so that the file is a long one\n'.repeat(200)}`;
  const text = `# head\n${padding}${body}${secondDocument ? '---\nlast: document\n' : ''}`;
  const ended = lastNewline ? text : text.trimEnd();
  return (mark ? '\ufeff' : '') + (windows ? ended.replaceAll('\n', '\r\n') : ended);
};

const snapshotOf = (content: Buffer): Snapshot => ({
  entries: new Map([[path, { mode: '100644', id: '1' }]]),
  contents: new Map([[path, content]]),
});

const edited = (content: Buffer, at: number, tag: string): Buffer => {
  const image = { repository: name(at), tag, digest: digest('1') };
  return applyEdit({ file: path }, { image, pin: false }, snapshotOf(content))[0]?.content ?? content;
};

const told = (content: Buffer) =>
  findImages(path, content).map(({ spot, ...image }) => ({
    ...image,
    spot: spot instanceof Refused ? spot.message : spot.file.path,
  }));

describe('a long file that is edited again and again', () => {
  const edits = fc.array(
    fc.tuple(fc.nat({ max: count - 1 }), fc.constantFrom('v1', '1.20', '0777', 'main-0123456789abcdef', 'x')),
    { minLength: 1, maxLength: 8 },
  );

  it('is and says the same as one that is parsed anew each time', () => {
    fc.assert(
      fc.property(layout, edits, (shape, asked) => {
        let content: Buffer = Buffer.from(textOf(shape));
        let anew: Buffer = content;
        for (const [at, tag] of asked) {
          content = edited(content, at, tag);
          anew = edited(Buffer.from(anew), at, tag);
          expect(content.toString()).toBe(anew.toString());
          expect(told(content)).toEqual(told(Buffer.from(content)));
        }
      }),
      { numRuns: runs(2, 12) },
    );
  });

  it('is parsed only in the part around the edit', () => {
    const shape = {
      picks: [0, 1, 2, 3, 4],
      nested: true,
      secondDocument: true,
      windows: true,
      mark: true,
      lastNewline: false,
    };
    const content = Buffer.from(textOf(shape));
    const after = [0, 1, 2, 3, 4].reduce<Buffer>((bytes, at) => edited(bytes, at, `v${at}-much-longer`), content);
    expect(readYaml(path, after).since?.parsed === readYaml(path, content)).toBe(true);
    expect(after.toString().match(/v\d-much-longer/g)).toHaveLength(5);
  });

  it('is refused as ever where more than a value would change, and where one tag serves two images', () => {
    const shared = `${textOf({ picks: [], nested: false, secondDocument: false, windows: false, mark: false, lastNewline: true })}a:\n  repository: ${name(1)}\n  tag: &tag v0\nb:\n  repository: ${name(2)}\n  tag: *tag\n`;
    expect(() => edited(Buffer.from(shared), 1, 'v1')).toThrow(/also serves the image/);
  });
});

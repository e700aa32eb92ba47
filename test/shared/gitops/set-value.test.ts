import { describe, expect, it } from 'vitest';
import { applyValue } from '#shared/gitops/edits/set-value.ts';

const edited = (file: string, content: string, key: string, to: string): string | undefined =>
  applyValue({ file, key }, to, {
    entries: new Map([[file, { mode: '100644', id: '1' }]]),
    contents: new Map([[file, Buffer.from(content)]]),
  })[0]?.content.toString();

describe('a value at a key', () => {
  it.each([
    ['replicas: 3 # pods', 'replicas', '5', 'replicas: 5 # pods'],
    ['enabled: false', 'enabled', 'true', 'enabled: true'],
    ['ratio: 0.5', 'ratio', '0.25', 'ratio: 0.25'],
  ])('stays a number or a boolean: %s', (before, key, to, expected) => {
    expect(edited('values.yaml', before, key, to)).toBe(expected);
  });

  it.each([
    ['image: { tag: 1.19 }', 'image.tag', '1.21', 'image: { tag: "1.21" }'],
    ['appVersion: 119', 'appVersion', '120', 'appVersion: "120"'],
    [
      'parameters: [{ name: replicas, value: 3 }]',
      'parameters[0].value',
      '5',
      'parameters: [{ name: replicas, value: "5" }]',
    ],
    ['ratio: 0.5', 'ratio', '0.50', 'ratio: "0.50"'],
    ['replicas: 3', 'replicas', '1_000', 'replicas: "1_000"'],
    ['replicas: "3"', 'replicas', '5', 'replicas: "5"'],
    ['level: info', 'level', '5', 'level: "5"'],
    ['level: info', 'level', '=', 'level: "="'],
  ])('becomes text where it is text, or a parser may read another number: %s', (before, key, to, expected) => {
    expect(edited('values.yaml', before, key, to)).toBe(expected);
  });

  it('is written to JSON as JSON has it', () => {
    expect(edited('values.json', '{"replicas": 3}', 'replicas', '5')).toBe('{"replicas": 5}');
    expect(edited('values.json', '{"tag": null}', 'tag', 'v2')).toBe('{"tag": "v2"}');
  });

  it('changes the tag of a reference, also of one without a slash under `image`', () => {
    expect(edited('values.yaml', 'image: nginx:1.26', 'image', '1.27')).toBe('image: nginx:1.27');
    expect(edited('values.yaml', 'address: redis:6379', 'address', '6380')).toBe('address: "6380"');
  });
});

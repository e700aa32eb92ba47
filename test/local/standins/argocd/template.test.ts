import { describe, expect, test } from 'vitest';
import { compileTemplate } from '#local/standins/argocd/notifications/template.ts';
import { goTime } from '#local/standins/argocd/notifications/template-values.ts';

const variables = {
  app: { name: 'a<b>"', list: ['x', 'y'], empty: [], message: 'häßlich', null: null },
  time: { Now: () => goTime(Date.parse('2026-07-01T09:00:00.123Z')) },
};

const render = (source: string): string => compileTemplate(source)(variables);

describe('the templates of Argo CD', () => {
  test.each([
    ['{{ toJson .app.name }}', '"a\\u003cb\\u003e\\""'],
    ['{{ toJson .app.nothing.of.this }}', 'null'],
    ['{{ .app.nothing }}', '<no value>'],
    ['{{ toJson (trunc 2 (default "" .app.message)) }}', '"h\ufffd"'],
    ['{{ .app.message | default "x" | toJson }}', '"häßlich"'],
    ['{{ default "none" .app.empty }}', 'none'],
    ['[{{ range $i, $x := .app.list }}{{ if $i }}, {{ end }}{{ toJson $x }}{{ end }}]', '["x", "y"]'],
    ['[{{ range .app.nothing }}x{{ end }}]', '[]'],
    ['{{ if .app.empty }}some{{ else }}none{{ end }}', 'none'],
    ['{{ (call .time.Now).UTC.Format "2006-01-02T15:04:05.000Z07:00" }}', '2026-07-01T09:00:00.123Z'],
    ['a {{- " b " -}} c', 'a b c'],
    ['{{ toJson .app.list }}', '["x","y"]'],
  ])('render %s', (source, expected) => {
    expect(render(source)).toBe(expected);
  });

  test.each([
    ['{{ .app.null.field }}', "can't evaluate field field in type nil"],
    ['{{ trunc 3 .app.nothing }}', 'wrong type for value; expected string'],
  ])('fail as Go does: %s', (source, message) => {
    expect(() => render(source)).toThrow(message);
  });

  test.each([
    ['{{ with .app }}{{ end }}', '{{ with }}'],
    ['{{ upper .app.name }}', 'upper'],
    ['{{ .app.list }}', 'a list'],
    ['{{ index .app.list 0 }}', 'index'],
    ['{{ (call .time.Now).Local }}', 'Local'],
    ['{{/* comment */}}', '"/*'],
  ])('are refused by name where they go beyond: %s', (source, name) => {
    expect(() => render(source)).toThrow(name);
  });
});

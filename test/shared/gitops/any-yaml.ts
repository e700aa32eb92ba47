import fc from 'fast-check';

/** What the place to edit says before, and nothing else in a generated file. */
export const present = 'present-1f0c2aa';

/** A file, the key that leads to the place to edit, and where the bytes of its scalar are. */
export interface AnyYaml {
  readonly text: string;
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** What stands behind a key or a dash: the rest of its line, and lines of its own, indented from where the key begins. */
type Value = readonly [first: string, ...rest: string[]];

/** Around the bytes that may change, until they are counted. */
const marked = (text: string): string => `\ue000${text}\ue001`;

const word = fc.stringMatching(/^[a-zà-ü][a-z0-9à-ü_-]{0,6}$/);
const spaces = fc.integer({ min: 1, max: 3 }).map((count) => ' '.repeat(count));
const comment = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-zé&*:"'{}[\]|> -]{0,12}$/).map((text) => ` #${text}`) },
  { weight: 1, arbitrary: fc.constantFrom('\t# tab', '   ', '\t') },
);

const scalar = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9._/-]{0,10}$/),
  fc.integer().map(String),
  fc.stringMatching(/^[a-zé :#{},[\]&*!|>%@-]{0,8}$/).map((text) => `'${text}'`),
  fc.stringMatching(/^[a-z✓ :#{},[\]&*!|>%@-]{0,8}$/).map((text) => `"${text}\\t"`),
  fc.constantFrom('true', '~', '1.20', '0x1F', '!!str 12', '2024-01-01', '""', '!own x', `not-${present}`),
);
const flow: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('node'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .uniqueArray(fc.tuple(word, tie('node')), { maxLength: 3, selector: ([key]) => key })
      .map((pairs) => `{ ${pairs.map(([key, value]) => `${key}: ${value}`).join(',  ')} }`),
  ),
})).node;

const otherValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(flow, comment).map(([value, said]): Value => [` ${value}${said}`]) },
  { weight: 1, arbitrary: comment.map((said): Value => [said]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Value>(
      [' |-', `  tag: ${present}!`, '  # no comment', ''],
      [' >', '  folded', '', '    more'],
      [' |2+', '    x', ''],
      [' plain', '  over lines'],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(word, flow).map(([key, value]): Value => [' # below', `   ${key}:`, `   - ${value}`]),
  },
);

/** Other keys of a mapping, blank lines and comments. */
const siblings = (mark: string): fc.Arbitrary<string[]> =>
  fc
    .array(fc.option(otherValue, { freq: 4 }), { maxLength: 3 })
    .map((values) => values.flatMap((value, at) => (value ? pair(`${mark}${at}`, value) : ['', '# alone', ''])));

const pair = (key: string, [first, ...rest]: Value): string[] =>
  key.startsWith('?') ? [key, `:${first}`, ...rest] : [`${key}:${first}`, ...rest];

const indented = (lines: readonly string[], by: number): string[] =>
  lines.map((line) => (line === '' ? line : ' '.repeat(by) + line));

const quoted = fc.constantFrom(present, `'${present}'`, `"${present}"`, `"pr\\x65sent-1f0c2aa"`).map(marked);
const properties = fc.constantFrom('', '', '', '&own ', '!!str ', '!!str &own ', '&own !!str  ');

/** The place to edit, in a line, below its key, or as a block. */
const place: fc.Arbitrary<Value> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(spaces, properties, quoted, comment)
      .map(([gap, before, text, said]): Value => [`${gap}${before}${text}${said}`]),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(properties, quoted).map(([before, text]): Value => [' # below', '', `   ${before}${text}`]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('|', '|-', '|+', '>', '>-', '>+', '&own |-', '!!str >'), fc.constantFrom('', ' # block'))
      .map(([header, said]): Value => [` ${header}${said}`, `    ${marked(present)}`]),
  },
);

interface Step {
  readonly key: readonly [written: string, dotted: string];
  readonly isList: boolean;
  readonly isCompact: boolean;
  readonly above: readonly string[];
  readonly below: readonly string[];
  readonly indent: number;
  readonly said: string;
}

const step: fc.Arbitrary<Step> = fc.record({
  key: fc.oneof(
    word.map((name): [string, string] => [`p${name}`, `p${name}`]),
    fc.constantFrom<[string, string][]>(
      ['acme.dev/app', 'acme\\.dev/app'],
      ['"quoted key"', 'quoted key'],
      ["'it''s'", "it's"],
      ['8080', '8080'],
      ['? explicit', 'explicit'],
      ['&key anchored', 'anchored'],
    ),
  ),
  isList: fc.boolean(),
  isCompact: fc.boolean(),
  above: siblings('a'),
  below: siblings('z'),
  indent: fc.integer({ min: 1, max: 4 }),
  said: comment,
});

/** The lines of the mapping or list in which a value stands. */
const linesAround = ([first, ...rest]: Value, { key: [written], isList, isCompact, above, below }: Step): string[] => {
  if (!isList) return [...above, ...pair(written, [first, ...rest]), ...below];
  const [head = ''] = rest;
  // `- key: value`, or the item below its dash.
  const item =
    isCompact && first === '' && /^ +[^ #?]/.test(head)
      ? [`-${head}`, ...indented(rest.slice(1), 1)]
      : [`-${first}`, ...rest];
  return ['- first', ...item, '# alone', '- [last]'];
};

const keyOf = (steps: readonly Step[]): string =>
  steps
    .map(({ isList, key: [, dotted] }) => (isList ? '[1]' : `.${dotted}`))
    .join('')
    .replace(/^\./, '');

/** How the value is shared: not at all, by an alias at the place, by an alias elsewhere, or by a merge key. */
const sharing = fc.constantFrom('none', 'none', 'alias', 'aliased', 'merge');

const linesOf = (steps: readonly Step[], leaf: Value, shared: string): string[] => {
  const [inner, ...outer] = steps.toReversed();
  if (inner === undefined) return [];
  const isAlias = shared === 'alias' && leaf.length === 1;
  const isMerge = shared === 'merge' && leaf.length === 1 && !inner.isList;
  const own = leaf[0].includes('&own');
  const innermost = isMerge
    ? [...inner.above, '<<: *shared', ...inner.below]
    : linesAround(isAlias ? [' *shared'] : leaf, inner);
  const lines = outer.reduce(
    (all, around) => linesAround([around.said, ...indented(all, around.indent)], around),
    innermost,
  );
  if (steps[0]?.isList) return shared === 'none' || (!isAlias && !isMerge) ? lines : [];
  if (isAlias) return [`x-shared: &shared ${leaf[0].trimStart().replace('&own ', '')}`, ...lines];
  if (isMerge) return ['x-shared: &shared', ...indented(pair(inner.key[0], leaf), 2), ...lines];
  return shared === 'aliased' && own ? [...lines, 'x-again: {also: [*own ]}'] : lines;
};

/** Any file that has exactly one place at the key. */
export const anyYaml: fc.Arbitrary<AnyYaml> = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    leaf: place,
    shared: sharing,
    mark: fc.constantFrom('', '', '\ufeff'),
    head: fc.constantFrom([], [], ['# a file', ''], ['---'], ['%YAML 1.2', '---'], ['other: 1', '---', '# second']),
    tail: fc.constantFrom([], [''], ['', '# the end', ''], ['...', ''], ['---', 'last: {x: [y]}']),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
  })
  .map(({ steps, leaf, shared, mark, head, tail, lineEnd }) => {
    const lines = linesOf(steps, leaf, shared);
    const text = mark + [...head, ...lines, ...tail].join(lineEnd);
    const [start, end] = [text.indexOf('\ue000'), text.indexOf('\ue001') - 1];
    return { text: text.replace(/[\ue000\ue001]/g, ''), key: keyOf(steps), start, end, lines: lines.length };
  })
  .filter(({ lines }) => lines > 0);

/** Tags, of which many look like something else to YAML. */
export const anyTag: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
  fc.stringMatching(/^[0-9_]{1,4}[.eExob_-]?[0-9_]{0,4}$/).filter((tag) => tag !== ''),
  fc.constantFrom(
    ...['1.20', 'on', 'Off', 'YES', 'n', 'Null', 'true', '0777', '0o17', '0x1F', '0b11', '1_000', '12345e7', '1e3'],
    ...['2024-01-01', '2024-1-2', '685_230.15', '1.', '1e', '_1', 'NaN', 'inf', '0_x1F', '00', '-', '1.2.3'],
  ),
);

const punctuation = [
  ':',
  ' ',
  '- ',
  '\n',
  '"',
  "'",
  '[',
  '}',
  '&own ',
  '*own',
  '#',
  '|',
  '{{ x }}',
  '\t',
  '<<: ',
  '? ',
  '!!int ',
];

/** What somebody may do to a file by mistake. */
export const anyDamage: fc.Arbitrary<(text: string) => string> = fc
  .array(
    fc.record({
      at: fc.nat({ max: 1000 }),
      remove: fc.integer({ min: 0, max: 3 }),
      add: fc.constantFrom('', ...punctuation),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map(
    (damages) => (text) =>
      damages.reduce((rest, { at, remove, add }) => {
        const from = at % (rest.length + 1);
        return rest.slice(0, from) + add + rest.slice(from + remove);
      }, text),
  );

import { describe, expect, test } from 'vitest';
import { matches } from '#local/eventbridge/pattern.ts';

type Case = readonly [name: string, pattern: unknown, event: unknown, expected: boolean];

const check = (name: string, cases: readonly Case[]): void => {
  describe(name, () => {
    test.each(cases)('%s', (_, pattern, event, expected) => expect(matches(pattern, event)).toBe(expected));
  });
};

const present = [{ exists: true }];
const missing = [{ exists: false }];

check('exists', [
  ['takes any leaf', { a: present }, { a: 'x' }, true],
  ['takes null for present', { a: present }, { a: null }, true],
  ['takes an empty string for present', { a: present }, { a: '' }, true],
  ['takes false for present', { a: present }, { a: false }, true],
  ['misses a field', { a: present }, { b: 1 }, false],
  ['takes [] for absent', { a: present }, { a: [] }, false],
  ['takes {} for absent', { a: present }, { a: {} }, false],
  ['takes nested empty arrays for absent', { a: missing }, { a: [[], [{}]] }, true],
  ['takes an array of null for present', { a: present }, { a: [null] }, true],
  ['does not see an object', { a: present }, { a: { b: 1 } }, false],
  ['takes an object for an absent leaf', { a: missing }, { a: { b: 1 } }, true],
  ['sees the leaf of an object', { a: { b: present } }, { a: { b: 1 } }, true],
  ['finds absent what is absent', { a: missing }, { b: 1 }, true],
  ['finds null not absent', { a: missing }, { a: null }, false],
  ['finds [] absent', { a: missing }, { a: [] }, true],
  ['finds a leaf absent below an absent object', { a: { b: missing } }, {}, true],
  ['takes absence or a value', { a: [{ exists: false }, 'x'] }, { a: 'x' }, true],
  ['takes absence or a value, without the field', { a: [{ exists: false }, 'x'] }, {}, true],
  ['takes absence or a value, but not another', { a: [{ exists: false }, 'x'] }, { a: 'y' }, false],
  ['wants all of its fields', { a: present, b: missing }, { a: 1, b: 2 }, false],
]);

check('fields', [
  ['are and-ed', { a: [1], b: [2] }, { a: 1, b: 2 }, true],
  ['are and-ed, and one is wrong', { a: [1], b: [2] }, { a: 1, b: 3 }, false],
  ['may have dashes', { 'detail-type': ['x'] }, { 'detail-type': 'x' }, true],
  ['are nested', { detail: { state: { code: [1] } } }, { detail: { state: { code: 1 } } }, true],
  ['are not found a level higher', { detail: { state: ['x'] } }, { state: 'x' }, false],
  ['are not found a level lower', { state: ['x'] }, { detail: { state: 'x' } }, false],
  ['with a dot in the pattern are the nested ones', { 'detail.state': ['x'] }, { detail: { state: 'x' } }, true],
  ['with a dot in the event are the nested ones', { detail: { state: ['x'] } }, { 'detail.state': 'x' }, true],
  ['distinguish case', { Source: ['x'] }, { source: 'x' }, false],
  ['may be called like members of every object', { constructor: missing }, {}, true],
  ['may have an empty name', { '': ['x'] }, { '': 'x' }, true],
  ['that the pattern does not name are ignored', { a: [1] }, { a: 1, z: [{ a: 2 }] }, true],
]);

check('arrays of values', [
  ['match when one value does', { tags: ['admin'] }, { tags: ['user', 'admin'] }, true],
  ['do not match when none does', { tags: ['root'] }, { tags: ['user', 'admin'] }, false],
  ['intersect', { r: ['a', 'b'] }, { r: ['b', 'c'] }, true],
  ['are flat, however nested', { tags: ['x'] }, { tags: [['y'], [['x']]] }, true],
  ['may stand beside objects, and are in no element then', { a: [1], 'a.b': [2] }, { a: [1, { b: 2 }] }, true],
  ['need not agree with each other', { a: ['1'], b: ['2'] }, { a: ['0', '1'], b: ['2', '3'] }, true],
  ['mix types', { a: [null] }, { a: [1, null] }, true],
  ['are searched in numeric ranges', { a: [{ numeric: ['>', 0, '<', 10] }] }, { a: [100, 5] }, true],
  ['with one empty are absent', { a: present, b: present }, { a: [], b: 1 }, false],
]);

const crew = {
  crew: [
    { name: 'Anna', rank: 'mate', skills: [{ id: 'knots', level: 3 }] },
    {
      name: 'Ben',
      rank: 'cook',
      skills: [
        { id: 'soup', level: 9 },
        { id: 'knots', level: 1 },
      ],
    },
  ],
  ships: [{ flag: 'NO' }, { flag: 'FI' }],
};

check('arrays of objects', [
  ['match one element', { crew: { name: ['Anna'] } }, crew, true],
  ['want all fields from one element', { crew: { name: ['Ben'], rank: ['cook'] } }, crew, true],
  ['refuse fields of two elements', { crew: { name: ['Anna'], rank: ['cook'] } }, crew, false],
  ['want one element inside another', { crew: { name: ['Ben'], skills: { id: ['knots'] } } }, crew, true],
  ['refuse a nested field of another element', { crew: { name: ['Anna'], skills: { id: ['soup'] } } }, crew, false],
  ['refuse two inner elements', { crew: { skills: { id: ['knots'], level: [9] } } }, crew, false],
  ['take one inner element', { crew: { skills: { id: ['knots'], level: [1] } } }, crew, true],
  ['are independent of other arrays', { crew: { name: ['Ben'] }, ships: { flag: ['NO'] } }, crew, true],
  ['take nested arrays as elements', { a: { x: [1], y: [2] } }, { a: [[{ x: 1, y: 2 }]] }, true],
  ['tell nested elements apart', { a: { x: [1], y: [2] } }, { a: [[{ x: 1 }, { y: 2 }]] }, false],
  ['tell arrays within an array apart', { a: { x: [1], y: [2] } }, { a: [[{ x: 1 }], [{ y: 2 }]] }, false],
  ['go with fields outside', { a: { x: [1] }, v: ['1'] }, { a: [{ x: 1 }], v: '1' }, true],
  ['hold scalars of one element', { a: { x: ['p'], y: ['q'] } }, { a: [{ x: ['p', 'o'], y: ['q'] }] }, true],
  [
    'find anything-but in another element only',
    { a: { s: [{ 'anything-but': 'x' }], n: ['i'] } },
    {
      a: [
        { s: 'x', n: 'i' },
        { s: 'y', n: 'j' },
      ],
    },
    false,
  ],
  ['look for absence in the chosen element', { a: { x: present, y: missing } }, { a: [{ x: 1 }, { y: 2 }] }, true],
  ['find no absence in the chosen element', { a: { x: present, y: missing } }, { a: [{ x: 1, y: 2 }] }, false],
  [
    'look for absence everywhere before one is chosen',
    { a: { x: missing, y: present } },
    { a: [{ x: 1 }, { y: 2 }] },
    false,
  ],
  ['try every element', { a: { x: [1], y: [2] } }, { a: [{ x: 1 }, { x: 1, y: 3 }, { x: 1, y: 2 }] }, true],
]);

const either = { $or: [{ a: [1] }, { b: [2] }] };

check('$or', [
  ['takes the first', either, { a: 1 }, true],
  ['takes the second', either, { b: 2 }, true],
  ['takes none', either, { a: 2, b: 1 }, false],
  ['goes with fields outside', { s: ['x'], ...either }, { s: 'x', b: 2 }, true],
  ['does not replace fields outside', { s: ['x'], ...either }, { s: 'y', b: 2 }, false],
  ['ands within an alternative', { $or: [{ a: [1], b: [2] }, { c: [3] }] }, { a: 1, b: 3 }, false],
  ['is found deep in the pattern', { detail: either }, { detail: { b: 2 } }, true],
  ['has no field of its own', { detail: either }, { detail: { $or: { b: 2 } } }, false],
  ['multiplies with another', { ...either, d: { $or: [{ x: [1] }, { y: [1] }] } }, { b: 2, d: { y: 1 } }, true],
  [
    'multiplies with another, and that fails',
    { ...either, d: { $or: [{ x: [1] }, { y: [1] }] } },
    { b: 2, d: { y: 2 } },
    false,
  ],
  ['is nested', { $or: [{ m: [0] }, { n: [1], $or: [{ p: [1] }, { q: [1] }] }] }, { n: 1, q: 1 }, true],
  [
    'is nested, and its outer field fails',
    { $or: [{ m: [0] }, { n: [1], $or: [{ p: [1] }, { q: [1] }] }] },
    { n: 0, q: 1 },
    false,
  ],
  ['overrides a field before it', { a: ['x'], $or: [{ a: [{ 'anything-but': 'x' }] }, { b: [1] }] }, { a: 'y' }, true],
  [
    'leaves that field alone in the other alternative',
    { a: ['x'], $or: [{ a: ['z'] }, { b: [1] }] },
    { a: 'y', b: 1 },
    false,
  ],
  ['is overridden by a field after it', { $or: [{ a: ['z'] }, { b: [1] }], a: ['x'] }, { a: 'z' }, false],
  [
    'is overridden by a field after it, in every alternative',
    { $or: [{ a: ['z'] }, { b: [1] }], a: ['x'] },
    { a: 'x' },
    true,
  ],
  [
    'keeps the elements of arrays together',
    { crew: { name: ['Anna'], $or: [{ rank: ['cook'] }, { rank: ['mate'] }] } },
    crew,
    true,
  ],
  [
    'keeps the elements of arrays apart',
    { crew: { name: ['Anna'], $or: [{ rank: ['cook'] }, { rank: ['boy'] }] } },
    crew,
    false,
  ],
]);

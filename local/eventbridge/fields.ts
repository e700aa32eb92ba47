/** A value as JSON has it at the end of a path. */
export type Leaf = string | number | boolean | null;

/** One leaf of an event, and for each array of objects around it (by number) the element it is in. */
export interface EventField {
  readonly value: Leaf;
  readonly elements: ReadonlyMap<number, number>;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isLeaf = (value: unknown): value is Leaf =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Where EventBridge joins the keys of a pattern and of an event: `{"a.b": 1}` is the same field as `{"a": {"b": 1}}`. */
export const joinPath = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/**
 * The leaves of an event by path. Arrays leave no trace in the path, only in `elements`; the scalars of one array
 * share their element with the object that holds the array. `[]` and `{}` have no leaf, so they are absent.
 */
export const fieldsOf = (event: unknown): ReadonlyMap<string, readonly EventField[]> => {
  if (!isObject(event)) throw new TypeError('An event must be a JSON object.');
  const fields = new Map<string, EventField[]>();
  let arrays = 0;
  const add = (path: string, field: EventField): void => {
    const known = fields.get(path);
    if (known === undefined) fields.set(path, [field]);
    else known.push(field);
  };
  const visit = (value: unknown, path: string, elements: ReadonlyMap<number, number>): void => {
    if (isLeaf(value)) add(path, { value, elements });
    else if (Array.isArray(value)) visitArray(value, path, elements);
    else if (isObject(value)) for (const key of Object.keys(value)) visit(value[key], joinPath(path, key), elements);
  };
  const visitArray = (array: readonly unknown[], path: string, elements: ReadonlyMap<number, number>): void => {
    const id = arrays++;
    for (const [index, value] of array.entries()) {
      visit(value, path, isLeaf(value) ? elements : new Map([...elements, [id, index]]));
    }
  };
  visit(event, '', new Map());
  return fields;
};

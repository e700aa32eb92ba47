export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  readonly version: number;
  readonly modifiedAt: number;
}

/** SSM's parameters, in memory. */
export interface Parameters {
  get(name: string): Parameter | undefined;
  under(path: string, recursive: boolean): Parameter[];
  put(name: string, value: string, type?: ParameterType): Parameter;
  remove(name: string): void;
}

export const createParameters = (): Parameters => {
  const stored = new Map<string, Parameter>();
  return {
    get: (name) => stored.get(name),
    under: (path, recursive) => {
      const prefix = path.endsWith('/') ? path : `${path}/`;
      return [...stored.values()]
        .filter(({ name }) => name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/')))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
    },
    put: (name, value, type = 'SecureString') => {
      const version = (stored.get(name)?.version ?? 0) + 1;
      const parameter = { name, type, value, version, modifiedAt: Date.now() };
      stored.set(name, parameter);
      return parameter;
    },
    remove: (name) => void stored.delete(name),
  };
};

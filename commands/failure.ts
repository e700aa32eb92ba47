/** What a person has to do something about: said as it is, without a stack. */
export class Failure extends Error {
  /** 1: it could not be done. 2: it was typed wrong. */
  readonly code: 1 | 2;

  constructor(message: string, options: ErrorOptions & { code?: 1 | 2 } = {}) {
    super(message, options);
    this.name = 'Failure';
    this.code = options.code ?? 1;
  }
}

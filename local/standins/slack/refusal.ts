/** Slack's way to say no: HTTP 200 with `ok: false`, a code, and sometimes more. */
export class SlackRefusal extends Error {
  override readonly name = 'SlackRefusal';
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, details: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

export const refuse = (code: string, details: Readonly<Record<string, unknown>> = {}): never => {
  throw new SlackRefusal(code, details);
};

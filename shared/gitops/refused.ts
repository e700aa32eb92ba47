import { InvalidInput } from '#shared/handlers/errors.ts';

/** Why a wish was not written. Stable, for alarms and rules. */
export type RefusalCode =
  | 'not-newer'
  | 'held'
  | 'superseded'
  | 'same-tag'
  | 'no-lock'
  | 'no-place'
  | 'no-file'
  | 'no-entry'
  | 'no-key'
  | 'no-tag'
  | 'ambiguous'
  | 'other-image'
  | 'template'
  | 'not-yaml'
  | 'not-json'
  | 'not-text'
  | 'not-a-scalar'
  | 'shared-value'
  | 'unsafe-path'
  | 'symbolic-link'
  | 'broken-lock';

/** The repository's contents, or the lock's rules, forbid this one wish. The message says where, why and what to do. */
export class Refused extends InvalidInput {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

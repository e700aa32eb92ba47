/** What came in is wrong and will stay wrong: told to the caller or produced as an event, never retried. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** The caller is not who it should be: 401, and nothing more is said. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
}

/** Something that we depend on is not there (yet): retried, then in the failure queue. */
export class Upstream extends Error {
  override readonly name = 'Upstream';
}

/** A secret is not set, and no retry will set it: counted, because an alarm stands on it. */
export class SecretMissing extends Upstream {}

/** Something that we depend on forbids it, and will until a person acts: told at once, and set aside for that person. */
export class Blocked extends Error {
  override readonly name = 'Blocked';
}

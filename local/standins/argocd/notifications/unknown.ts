/** Something in a trigger or template that Argo CD may know, and this stand-in does not. */
export class NotKnownHere extends Error {
  override readonly name = 'NotKnownHere';
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

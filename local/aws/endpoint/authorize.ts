import type { Caller } from '../../lambda/environments.ts';
import { allows } from '../../template/permissions.ts';
import type { Needed } from './call.ts';

/** Who signed a request, and for which service; signatures themselves are not verified. */
export interface Credential {
  readonly accessKeyId: string;
  readonly service: string;
}

const scope = /Credential=([^/\s]+)\/\d{8}\/[^/]*\/([^/]+)\/aws4_request/;

/** Reads the `Authorization` header of AWS's Signature Version 4. */
export const parseCredential = (authorization: string | undefined): Credential | undefined => {
  const [, accessKeyId, service] = scope.exec(authorization ?? '') ?? [];
  return accessKeyId === undefined || service === undefined ? undefined : { accessKeyId, service };
};

/** What the caller may not do, of what a call needs; only functions have a role, everybody else may do everything. */
export const denied = (caller: Caller | undefined, needed: readonly Needed[]): Needed | undefined =>
  caller && needed.find(({ action, resource }) => !allows(caller.function.role.statements, action, resource));

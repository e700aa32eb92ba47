import { randomUUID } from 'node:crypto';
import { type XmlContent, xmlDocument } from '../xml/write.ts';
import type { AwsCall, Reply } from './call.ts';

/** A service of the query protocol: an action with the fields of a form, answered in XML. */
export interface QueryService {
  readonly namespace: string;
  run(action: string, form: URLSearchParams): XmlContent | Promise<XmlContent>;
}

const reply = (status: number, body: string): Reply => ({ status, headers: { 'content-type': 'text/xml' }, body });

/** A call of a service that is signed for under that name, or undefined if the request is none. */
export const readQueryCall = (
  signedFor: string | undefined,
  body: string,
  services: ReadonlyMap<string, QueryService>,
): AwsCall | undefined => {
  const service = services.get(signedFor ?? '');
  const form = new URLSearchParams(body);
  const action = form.get('Action');
  if (service === undefined || signedFor === undefined || action === null) return undefined;
  const ResponseMetadata = { RequestId: randomUUID() };
  return {
    service: signedFor,
    action,
    input: Object.fromEntries(form),
    // What can be told by resource is not told apart here, so whoever has a role needs the action on all of them.
    needed: [{ action: `${signedFor}:${action}`, resource: '*' }],
    refuse: (Code, Message, status) =>
      reply(status, xmlDocument('ErrorResponse', service.namespace, { Error: { Type: 'Sender', Code, Message } })),
    run: async () => {
      const result = await service.run(action, form);
      const content = { [`${action}Result`]: result, ResponseMetadata };
      return reply(200, xmlDocument(`${action}Response`, service.namespace, content));
    },
  };
};

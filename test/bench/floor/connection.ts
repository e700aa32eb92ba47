import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Connection {
  /** Posts one request of git's protocol and gives the whole answer. */
  post(service: 'git-upload-pack' | 'git-receive-pack', body: Buffer): Promise<Buffer>;
  close(): void;
}

/** One connection for all requests to a repository. Protocol version 2 is taken for granted, not asked for. */
export const connect = (url: string): Connection => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async post(service, body) {
      const headers = {
        'content-type': `application/x-${service}-request`,
        'content-length': body.length,
        ...(service === 'git-upload-pack' && { 'git-protocol': 'version=2' }),
      };
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        request(`${url}/${service}`, { method: 'POST', agent, headers }, resolve).once('error', reject).end(body);
      });
      const content = await buffer(answer);
      if (answer.statusCode !== 200) throw new Error(`${service} answered ${answer.statusCode}`);
      return content;
    },
    close: () => agent.destroy(),
  };
};

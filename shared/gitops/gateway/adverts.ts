/** What a server says of itself before it is asked for anything: the answer to `info/refs`. */
export interface Adverts {
  /** What can be answered without the server, if anything. `base` is `<id> <ref>`, the branch as a push expects it. */
  known(service: string, base: string | undefined): Buffer | undefined;
  learn(service: string, answer: Buffer): void;
  /** The server did not like something: it may have changed. */
  forget(): void;
}

const packet = (payload: string): string =>
  (Buffer.byteLength(payload) + 4).toString(16).padStart(4, '0').concat(payload);

const firstRef = /^[0-9a-f]{4}# service=git-receive-pack\n0000[0-9a-f]{4}[0-9a-f]{40,64} [^\0\n]+\0([^\n]*)\n/;

/** Capabilities that hold for one push only. */
const once = /^(push-cert|session-id)=/;

/**
 * In protocol version 2 the answer for a fetch names capabilities and no refs, so it stays true until the server is another
 * version. That for a push names refs: of these a push needs only the one it changes, and it says itself what it expects there.
 * The server decides, when it gets the push, whether that was right.
 */
export const createAdverts = (): Adverts => {
  let fetch: Buffer | undefined;
  let push: string | undefined;
  return {
    known(service, base) {
      if (service === 'git-upload-pack') return fetch;
      if (push === undefined || base === undefined) return undefined;
      return Buffer.from(`${packet(`# service=${service}\n`)}0000${packet(`${base}\0${push}\n`)}0000`);
    },
    learn(service, answer) {
      const text = answer.toString('latin1');
      if (service === 'git-upload-pack' && text.slice(0, 60).includes('version 2\n')) fetch = answer;
      if (service !== 'git-receive-pack') return;
      const [, capabilities] = firstRef.exec(text) ?? [];
      push = capabilities
        ?.split(' ')
        .filter((name) => !once.test(name))
        .join(' ');
    },
    forget() {
      fetch = undefined;
      push = undefined;
    },
  };
};

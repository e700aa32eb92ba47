import { setTimeout as wait } from 'node:timers/promises';
import type { Service } from './config-map.ts';

export interface Notification {
  readonly application: string;
  readonly trigger: string;
  readonly method: string;
  readonly body: string;
}

/** 429 and 5xx but 501, as hashicorp/go-retryablehttp has it. */
const isRetried = (status: number): boolean => status === 429 || (status >= 500 && status !== 501);

const secondsOf = (response: Response | undefined): number | undefined => {
  const header = response?.headers.get('retry-after');
  return response && [429, 503].includes(response.status) && header ? Number(header) : undefined;
};

/** Posts a notification, with retries. False: it was not taken. `scale` shortens the waits. */
export const deliver = async (
  service: Service,
  { method, body }: Notification,
  { scale, signal }: { scale: number; signal: AbortSignal },
): Promise<boolean> => {
  const headers = Object.fromEntries(service.headers.map(({ name, value }) => [name, value]));
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(service.url, { method, headers, body, signal }).catch(() => undefined);
    await response?.body?.cancel();
    if (response && !isRetried(response.status)) return response.ok;
    if (attempt >= service.retryMax || signal.aborted) return false;
    const backoff = Math.min(service.retryWaitMin * 2 ** attempt, service.retryWaitMax);
    const told = secondsOf(response);
    await wait((told === undefined ? backoff : told * 1000) * scale, undefined, { signal }).catch(() => undefined);
  }
};

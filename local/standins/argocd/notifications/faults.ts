import { setTimeout as wait } from 'node:timers/promises';
import type { Service } from './config-map.ts';
import { deliver, type Notification } from './delivery.ts';

/**
 * `late`: sent after this many milliseconds, and what comes behind overtakes it; `twice`: sent again at once; `lost`: Argo CD takes
 * it for sent, and it never was.
 */
export type NotificationFault =
  | { readonly kind: 'late'; readonly milliseconds: number }
  | { readonly kind: 'twice' }
  | { readonly kind: 'lost' };

export type NotificationFaults = (
  notification: Notification & { readonly number: number },
) => NotificationFault | undefined;

interface Options {
  readonly faults: NotificationFaults;
  readonly scale: number;
  readonly signal: AbortSignal;
  readonly track: (work: Promise<void>) => void;
}

/** Delivers notifications as Argo CD does, and as badly as it is told to. */
export const createSender = ({ faults, scale, signal, track }: Options) => {
  let count = 0;
  return async (service: Service, notification: Notification): Promise<boolean> => {
    count += 1;
    const fault = faults({ ...notification, number: count });
    const send = () => deliver(service, notification, { scale, signal });
    switch (fault?.kind) {
      case 'lost':
        return true;
      case 'late':
        track(
          wait(fault.milliseconds, undefined, { signal })
            .then(send)
            .then(() => undefined),
        );
        return true;
      case 'twice':
        return (await Promise.all([send(), send()])).some(Boolean);
      case undefined:
        return send();
    }
  };
};

/** `burst` calls at once, then `perMinute`. */
export interface RateLimit {
  burst: number;
  perMinute: number;
}

/** Slack's: a message a second and channel with short bursts, and by tier for the rest. */
export interface RateLimits {
  post: RateLimit;
  update: RateLimit;
  history: RateLimit;
  replies: RateLimit;
  list: RateLimit;
}

export const slackRateLimits: RateLimits = {
  post: { burst: 5, perMinute: 60 },
  update: { burst: 50, perMinute: 50 },
  history: { burst: 50, perMinute: 50 },
  replies: { burst: 50, perMinute: 50 },
  list: { burst: 20, perMinute: 20 },
};

const limitOf: Readonly<Record<string, keyof RateLimits>> = {
  'chat.postMessage': 'post',
  'chat.update': 'update',
  'conversations.history': 'history',
  'conversations.replies': 'replies',
  'conversations.list': 'list',
};

/** One bucket per method, and for posts per channel. Answers the seconds to wait, 0 where the call may pass. */
export const createRateLimiter = (limits: RateLimits, now: () => number) => {
  const buckets = new Map<string, { tokens: number; at: number }>();

  return (method: string, channel: string): number => {
    const name = limitOf[method];
    if (name === undefined) return 0;
    const { burst, perMinute } = limits[name];
    const key = name === 'post' ? `${name} ${channel}` : name;
    const bucket = buckets.get(key) ?? { tokens: burst, at: now() };
    const tokens = Math.min(burst, bucket.tokens + ((now() - bucket.at) * perMinute) / 60_000);
    const passes = tokens >= 1;
    buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: now() });
    return passes ? 0 : Math.max(1, Math.ceil(((1 - tokens) * 60) / perMinute));
  };
};

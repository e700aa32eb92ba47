/** A token bucket, as API Gateway throttles: `burst` requests at once, refilled by `rate` a second. */
export const createThrottle = ({ burst, rate }: { burst: number; rate: number }, now: () => number) => {
  let tokens = burst;
  let filledAt = now();
  return (): boolean => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * rate);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};

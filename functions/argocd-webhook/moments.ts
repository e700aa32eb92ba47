/** The later of two moments: Argo CD counts whole seconds, and nothing happens before its cause. */
export const laterOf = (a: string, b: string): string => (Date.parse(a) >= Date.parse(b) ? a : b);

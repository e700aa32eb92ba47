/** An image that no repository has yet, newer than all: what the writer would do with it, it does with the next one. */
export const next = { tag: 'fairlead-plan', digest: `sha256:${'0'.repeat(64)}`, order: '9999-12-31T23:59:59.999Z' };

/** How often a property is tried: `usual` in the suite, `many` times where `FAIRLEAD_SLOW` asks for what takes its time. */
export const runs = (usual: number, many: number): number => (process.env.FAIRLEAD_SLOW ? many : usual);

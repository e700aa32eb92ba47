// The file itself, because its name leads here: see `alias` in vitest.config.ts.
import fc from '../node_modules/fast-check/lib/fast-check.js';

const wanted = process.env.FAIRLEAD_FC_SEED ?? '2026';

/** The same examples for everybody; `FAIRLEAD_FC_SEED=random` or another number explores. */
if (wanted !== 'random') {
  const seed = Number(wanted);
  if (!Number.isInteger(seed)) throw new Error(`FAIRLEAD_FC_SEED is "${wanted}", and not "random" or a whole number.`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}

// biome-ignore lint/performance/noBarrelFile: it stands in the package's place
export * from '../node_modules/fast-check/lib/fast-check.js';
// biome-ignore lint/style/noDefaultExport: as the package has it
export default fc;

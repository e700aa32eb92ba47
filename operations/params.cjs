const { readFileSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const { parse } = require('yaml');

const isMapping = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A user's own params, by stage or under `default`. A relative `config` in them is meant from where their file lies. */
const readOwn = (file, known) => {
  const own = parse(readFileSync(file, 'utf8')) ?? {};
  if (!isMapping(own) || !Object.values(own).every(isMapping))
    throw new Error(`${file}: wants params under the name of each stage, or under default.`);
  return Object.fromEntries(
    Object.entries(own).map(([stage, params]) => {
      const unknown = Object.keys(params).find((name) => !(name in known));
      if (unknown !== undefined)
        throw new Error(`${file}: ${stage}.${unknown} is no param. There are ${Object.keys(known).join(', ')}.`);
      const { config } = params;
      return [stage, config === undefined ? params : { ...params, config: resolve(dirname(file), config) }];
    }),
  );
};

/** The params of every stage: the defaults, and over them those of the file that `FAIRLEAD_PARAMS` names. */
module.exports = async ({ resolveVariable }) => {
  const defaults = parse(readFileSync(join(__dirname, 'params.yml'), 'utf8'));
  const file = await resolveVariable("env:FAIRLEAD_PARAMS, ''");
  const own = file ? readOwn(resolve(file), defaults) : {};
  return { ...own, default: { ...defaults, ...own.default } };
};

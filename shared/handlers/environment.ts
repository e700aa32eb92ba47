type Variables = Readonly<Record<string, string | undefined>>;

const holds = <Name extends string>(
  variables: Variables,
  names: readonly Name[],
): variables is Variables & Record<Name, string> => names.every((name) => variables[name]);

/**
 * Reads what a function's environment must hold, so that a missing variable is named when the function starts and not when
 * it is first used. Throws one error with every name that is missing.
 */
export const readEnvironment = <Name extends string>(variables: Variables, names: readonly Name[]) => {
  if (holds(variables, names)) return variables;
  const missing = names.filter((name) => !variables[name]);
  throw new Error(
    `The environment lacks ${missing.join(', ')}: set it in the function's function.yml or serverless.yml.`,
  );
};

/** Each character of a text in lower and in upper case. */
export type Folded = readonly (readonly [lower: string, upper: string])[];

/**
 * Case as EventBridge takes it: character by character, the pattern's lower or upper form, without a locale. It isn't
 * `a.toLowerCase() === b.toLowerCase()`: a Kelvin sign (U+212A) in the event is not the pattern's "k".
 */
export const foldCase = (text: string): Folded =>
  [...text].map((character) => [character.toLowerCase(), character.toUpperCase()] as const);

/** How many characters of the value the text covers, from its start; undefined if the value starts otherwise. */
const coveredFromStart = (folded: Folded, value: string): number | undefined => {
  let at = 0;
  for (const forms of folded) {
    const form = forms.find((text) => value.startsWith(text, at));
    if (form === undefined) return undefined;
    at += form.length;
  }
  return at;
};

export const equalsIgnoringCase = (folded: Folded, value: string): boolean =>
  coveredFromStart(folded, value) === value.length;

export const startsIgnoringCase = (folded: Folded, value: string): boolean =>
  coveredFromStart(folded, value) !== undefined;

export const endsIgnoringCase = (folded: Folded, value: string): boolean => {
  let end = value.length;
  for (const forms of folded.toReversed()) {
    const form = forms.find((text) => value.endsWith(text, end));
    if (form === undefined) return false;
    end -= form.length;
  }
  return true;
};

import { type Finding, findingsIn } from '../finding.ts';

const { ok, missing, unknown } = findingsIn('webhooks');

/** The statuses that an endpoint answers. */
export interface Answers {
  /** To a signature or token that is wrong. */
  readonly wrong: number;
  /** To the right one, with nothing to do in it; undefined where the secret is not known here. */
  readonly right?: number | undefined;
}

interface Endpoint {
  readonly url: string;
  /** The parameter's whole name. */
  readonly secret: string;
  /** What the right secret is answered where there is nothing to do. */
  readonly expected: number;
}

const elsewhere =
  'Is that the HTTP API of this stage? --api names another; npx serverless info --stage <stage> prints it.';

/** Whether an endpoint lets in who has the secret, and nobody else. */
export const judgeEndpoint = ({ url, secret, expected }: Endpoint, { wrong, right }: Answers): Finding[] => {
  if (wrong === 503 || right === 503)
    return [
      missing(
        `${url} answers 503: the function can't read ${secret}, or is not well`,
        'Set the secret; then its log says more.',
      ),
    ];
  if (wrong !== 401)
    return [missing(`${url} answers ${wrong} to a signature that is wrong, where 401 is expected`, elsewhere)];
  if (right === undefined)
    return [unknown(`${url} refuses who is wrong (401); who is right can't be tried without ${secret}`)];
  if (right === expected) return [ok(`${url} takes what shows ${secret}, and nothing else`)];
  return [
    missing(
      `${url} answers ${right} to what shows ${secret}, where ${expected} is expected`,
      right === 401 ? 'The functions take up a new value within five minutes: try again then.' : elsewhere,
    ),
  ];
};

import * as z from 'zod';
import { subjectProblem } from '#shared/gitops/subject.ts';

const hasNoCredentials = (url: string): boolean => !/^https?:\/\/[^/]*@/.test(url);

/** Any URL that git can clone by HTTP, or by SSH (`ssh://…` or `git@host:path`). */
const repositoryUrlSchema = z
  .string()
  .regex(/^(https?:\/\/|ssh:\/\/|[\w.-]+@[\w.-]+:)\S+$/, 'is not the URL of a git repository')
  .refine(hasNoCredentials, 'carries credentials: put the token into SSM');

export const branchSchema = z.string().regex(/^(?!-)[^\s~^:?*[\\]{1,250}$/, 'is not the name of a branch');

/** No part of a commit's header may end it. */
const identitySchema = z
  .string()
  .max(200)
  .regex(/^[^<>\p{Cc}]*[^<>\p{Cc}\s][^<>\p{Cc}]*$/u, 'is empty, or has <, > or control characters');

const subjectSchema = z
  .string()
  .min(1)
  .max(200)
  .superRefine((template, context) => {
    const message = subjectProblem(template);
    if (message !== undefined) context.addIssue(message);
  });

/** A line of `known_hosts`: hosts (or their hash), the kind of key, the key. */
const knownHostSchema = z
  .string()
  .max(2000)
  .regex(
    /^[\w.*?!:,|=/+[\]-]+ (ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( [^\p{Cc}]*)?$/u,
    'is not a line of known_hosts, as ssh-keyscan prints it',
  );

export const isSsh = (repository: string): boolean => /^(ssh:\/\/|[\w.-]+@)/.test(repository);

/** A GitOps repository: where it is, who writes it, and how its commits look. Its secrets are in SSM. */
export const gitopsSchema = z
  .strictObject({
    repository: repositoryUrlSchema,
    branch: branchSchema.default('main'),
    /** The GitHub App that writes, by its id and that of its installation. Without it: a token, if one is set. */
    app: z
      .strictObject({
        id: z.union([z.int().positive(), z.string().regex(/^[\w.-]{1,50}$/)], 'wants the App’s id, or its client id'),
        installation: z.int().positive(),
      })
      .optional(),
    /** GitHub's API, where the repository's host does not tell it. */
    api: z.url({ protocol: /^https?$/ }).optional(),
    author: z.strictObject({ name: identitySchema, email: identitySchema }).optional(),
    /** The first line of commits and the title of pull requests: `{service}: {change}`. */
    subject: subjectSchema.optional(),
    /** By SSH: the host's keys. A host that shows another is not talked to. */
    knownHosts: z.array(knownHostSchema).max(50).optional(),
  })
  .superRefine(({ repository, app, knownHosts }, context) => {
    if (!isSsh(repository)) return;
    if (app !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['app'],
        message: 'writes by HTTPS: give the repository’s https:// URL',
      });
    if ((knownHosts ?? []).length === 0)
      context.addIssue({
        code: 'custom',
        path: ['knownHosts'],
        message:
          'is not given, and no host is trusted unseen: put the lines of ssh-keyscan here, once you have checked them',
      });
  });

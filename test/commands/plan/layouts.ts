import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findingsOf } from '#commands/plan/findings.ts';
import { readFolder } from '#commands/plan/read-folder.ts';
import { type Present, startFile } from '#commands/plan/start/present.ts';
import type { Starting } from '#commands/plan/start/starting.ts';
import { type Survey, survey } from '#commands/plan/survey.ts';
import type { ConfigFiles } from '#shared/config/parse.ts';
import { parseConfig } from '#shared/config/parse.ts';
import type { Snapshot } from '#shared/gitops/snapshot.ts';

const golden = join(import.meta.dirname, 'golden');

/** Repositories as people lay them out, each with the report that is expected of it. */
export const layouts: readonly string[] = readdirSync(golden).sort();

export const folderOf = (layout: string): string => join(golden, layout, 'gitops');
export const reportOf = (layout: string): string => join(golden, layout, 'report.txt');

export const surveyOf = async (layout: string, name = 'main'): Promise<Survey> =>
  survey({ name, snapshot: await readFolder(folderOf(layout), new Set()) });

/** A repository that is nowhere: its files' contents by their paths. */
export const snapshotOf = (files: Readonly<Record<string, string>>): Snapshot => {
  const entries = new Map<string, { mode: string; id: string }>();
  for (const path of Object.keys(files)) {
    const steps = path.split('/');
    for (let at = 1; at < steps.length; at++) entries.set(steps.slice(0, at).join('/'), { mode: '040000', id: '' });
    entries.set(path, { mode: '100644', id: '' });
  }
  return { entries, contents: new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])) };
};

/** A configuration from its files' texts, by the real parser. */
export const configured = (platform: string, services: string): Present => {
  const files: ConfigFiles = {
    version: 'test',
    platform: { file: 'fairlead.yaml', content: parse(platform) },
    services: [{ file: startFile, content: parse(services) }],
  };
  return { files, config: parseConfig(files, undefined) };
};

/** What somebody gets who pastes a starting configuration and plans again. */
export const pasted = ({ platform = '', services }: Starting, surveys: readonly Survey[]) =>
  findingsOf(surveys, configured(platform, services));

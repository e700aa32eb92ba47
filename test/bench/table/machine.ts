import { execFile } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { promisify } from 'node:util';

/** When and on what it was measured, in one line, without the machine's name. */
export const describeMachine = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)('git', ['--version']);
  const model = (cpus()[0]?.model ?? 'unknown').replaceAll(/\s+/g, ' ').trim();
  const [date] = new Date().toISOString().split('T');
  return `${date}, ${model} with ${availableParallelism()} cores, ${stdout.trim()}, Node ${process.versions.node}`;
};

import { edit } from './edit/command.ts';

process.exitCode = await edit(process);

import type { SshAgent } from './agent.ts';

/** Nobody's own configuration, keys or trusted hosts take part, nothing is asked of anybody, and a dead line is given up. */
const options = [
  'BatchMode=yes',
  'ConnectTimeout=15',
  'ControlMaster=no',
  'ControlPath=none',
  'ForwardAgent=no',
  'GlobalKnownHostsFile=/dev/null',
  'IdentityFile=none',
  'LogLevel=ERROR',
  'PreferredAuthentications=publickey',
  'ServerAliveCountMax=3',
  'ServerAliveInterval=15',
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
];

/** The environment by which git reaches a repository by SSH: with this agent's key, and to these hosts alone. */
export const sshEnvironment = ({ socket, knownHosts }: SshAgent): Record<string, string> => {
  const given = [...options, `UserKnownHostsFile=${knownHosts}`].map((option) => `-o '${option}'`);
  return {
    GIT_SSH_COMMAND: `ssh -F none ${given.join(' ')}`,
    GIT_SSH_VARIANT: 'ssh',
    SSH_AUTH_SOCK: socket,
  };
};

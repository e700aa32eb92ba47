const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** Bundles the functions before `serverless` packages or invokes them, so that what it takes is never older than the sources. */
module.exports = class BuildPlugin {
  constructor(serverless) {
    const build = () => {
      const { config } = serverless.service.custom;
      // serverless owns standard output: what an invoked function answers must stand there alone.
      execFileSync(process.execPath, [join(__dirname, 'main.ts'), '--config', config], {
        cwd: serverless.serviceDir,
        stdio: ['ignore', 2, 2],
      });
    };
    /**
     * The framework would ask CloudFormation for what they are, before any hook of the command itself; without them a function
     * acts by what was just built.
     */
    const withoutReferences = () => {
      if (serverless.processedInput.commands.join(' ') !== 'invoke local') return;
      for (const { environment = {} } of Object.values(serverless.service.functions))
        for (const [name, value] of Object.entries(environment))
          if (typeof value === 'object') delete environment[name];
    };
    this.hooks = {
      initialize: withoutReferences,
      'before:package:initialize': build,
      'before:invoke:local:invoke': build,
    };
  }
};

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
    /** The framework would ask CloudFormation for what it is; without it a function acts by what was just built. */
    const withoutBucket = () => {
      for (const { environment } of Object.values(serverless.service.functions)) delete environment?.CONFIG_BUCKET;
    };
    this.hooks = {
      'before:package:initialize': build,
      'before:invoke:local:invoke': () => {
        withoutBucket();
        build();
      },
    };
  }
};

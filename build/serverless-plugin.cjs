const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** Bundles the functions before `serverless` packages or invokes them, so that what it takes is never older than the sources. */
module.exports = class BuildPlugin {
  constructor(serverless) {
    const build = () => {
      const { params, provider } = serverless.service;
      const config = params?.[provider.stage]?.config ?? params?.default?.config;
      execFileSync(process.execPath, [join(__dirname, 'main.ts'), '--config', String(config)], {
        cwd: serverless.serviceDir,
        stdio: 'inherit',
      });
    };
    this.hooks = { 'before:package:initialize': build, 'before:invoke:local:invoke': build };
  }
};

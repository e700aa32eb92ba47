const { existsSync } = require('node:fs');
const { join } = require('node:path');

module.exports = class GitLayerPlugin {
  constructor(serverless) {
    const [command] = serverless.processedInput.commands;
    this.hooks = {
      'before:package:initialize': () => {
        const { artifact } = serverless.service.layers.git.package;
        if (existsSync(join(serverless.serviceDir, artifact))) return;
        throw new serverless.classes.Error(
          `layers/git/${artifact} is not there: put a release's there, or make it by layers/git/build-static or from-debian.`,
        );
      },
      // The framework asks CloudFormation which layer was deployed last, even to package one: here only to deploy.
      'before:package:compileLayers': () => {
        if (command !== 'package') return;
        const layers = serverless.pluginManager.getPlugins().find((plugin) => 'compareWithLastLayer' in plugin);
        layers.compareWithLastLayer = async () => {};
      },
    };
  }
};

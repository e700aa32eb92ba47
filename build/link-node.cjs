// npm 10 installs the Node that package.json names, but does not link it: other platforms' packages, which it skips, have the
// same `bin`, and are cleaned up after. Without the link every script would run on the machine's own Node.
const { existsSync, mkdirSync, symlinkSync } = require('node:fs');
const { join, relative } = require('node:path');

const modules = join(__dirname, '..', 'node_modules');
const bin = join(modules, '.bin');
const platform = process.platform === 'win32' ? 'win' : process.platform;
const executable = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
const installed = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]
  .map((name) => join(modules, name, executable))
  .find((file) => existsSync(file));
const link = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');

if (installed !== undefined && !existsSync(link)) {
  mkdirSync(bin, { recursive: true });
  symlinkSync(relative(bin, installed), link);
}

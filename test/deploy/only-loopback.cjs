// Loaded first (`node --require`): whoever connects to anything but this machine is told of, and gets nowhere.
const { Socket } = require('node:net');

const { connect } = Socket.prototype;
const here = [undefined, 'localhost', '127.0.0.1', '::1'];

Socket.prototype.connect = function (...given) {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  const host = typeof first === 'object' ? first.host : second;
  if (here.includes(host) || typeof host === 'function') return connect.apply(this, given);
  process.stderr.write(`OUTSIDE: ${host}\n`);
  process.nextTick(() => this.destroy(new Error(`${host} is not on this machine`)));
  return this;
};

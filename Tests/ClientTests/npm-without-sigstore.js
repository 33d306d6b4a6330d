// node --require npm-without-sigstore.js NPM audit signatures   npm asks Sigstore's servers for the keys of a registry before it asks the
// registry itself. Here they know of none, and nobody asks them.
const Module = require('module')
const load = Module._load
const unknown = () => Promise.reject(Object.assign(new Error('no such target'), { code: 'TUF_FIND_TARGET_ERROR' }))
Module._load = function (name, ...rest) {
  return name === '@sigstore/tuf' ? { initTUF: async () => ({ getTarget: unknown }) } : load.call(this, name, ...rest)
}

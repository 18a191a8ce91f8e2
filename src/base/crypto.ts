/** `node:crypto`, loaded by whoever uses it first: a start does not need it, and loading it takes some ms. */
export const nodeCrypto = () => process.getBuiltinModule('node:crypto');

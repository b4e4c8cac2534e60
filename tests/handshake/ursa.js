// What spark-protocol 0.1.6 asks of the package ursa, a binding of OpenSSL 1.0 that no Node.js of today can build: the same operations by Node's own OpenSSL.
'use strict';
const crypto = require('node:crypto');

/// RSA with PKCS#1 v1.5 padding, type 2. Node refuses to take it off since it tells attackers apart by time; a server of 2015 knows nothing of that.
function decrypted(key, bytes) {
  const block = crypto.privateDecrypt({ key, padding: crypto.constants.RSA_NO_PADDING }, bytes), end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) throw new Error('padding check failed');
  return block.subarray(end + 1);
}

class PublicKey {
  constructor(key) { this.key = key; }
  encrypt(bytes) { return crypto.publicEncrypt({ key: this.key, padding: crypto.constants.RSA_PKCS1_PADDING }, bytes); }
  toPublicPem() { return crypto.createPublicKey(this.key).export({ type: 'spki', format: 'pem' }); }
}

class PrivateKey extends PublicKey {
  decrypt(bytes) { return decrypted(this.key, bytes); }
  privateEncrypt(bytes) { return crypto.privateEncrypt(this.key, bytes); }
}

module.exports = {
  RSA_PKCS1_PADDING: crypto.constants.RSA_PKCS1_PADDING,
  isKey: key => key instanceof PublicKey,
  isPrivateKey: key => key instanceof PrivateKey,
  createPublicKey: pem => new PublicKey(crypto.createPublicKey(pem)),
  createPrivateKey: pem => new PrivateKey(crypto.createPrivateKey(pem)),
};

// Keys as flashes hold them, for handshakes with servers that somebody else wrote: good, damaged in every way, of the wrong form, with what the server has on
// record and the step that was measured. Used by peer.js and old_peer.js.
'use strict';
const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const releases = ['0.4.7', '0.6.2', '0.7.0', '1.0.1', '1.2.1', '2.3.1'];

function fail(why) {
  console.error(why);
  process.exit(1);
}

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

/// What needs the program, and a folder to work in whose slots/ is there.
module.exports = (photopsy, work) => {
  /// A package of the npm registry, in node_modules of the work folder: fetched once. `overrides`: packages to take for others.
  function fetch(name, version, overrides) {
    const manifest = path.join(work, 'node_modules', name, 'package.json');
    if (fs.existsSync(manifest) && JSON.parse(fs.readFileSync(manifest)).version === version) return;
    fs.mkdirSync(work, { recursive: true });
    fs.writeFileSync(path.join(work, 'package.json'), JSON.stringify({ name: 'peer', version: '1.0.0', private: true, dependencies: { [name]: version }, overrides }));
    const npm = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=0', '--fetch-timeout=20000'],
                          { cwd: work, encoding: 'utf8', timeout: 150000 });
    if (npm.error) skip(`npm does not run (${npm.error.code})`);
    if (npm.status !== 0) skip(`npm could not fetch ${name} ${version}: ${(npm.stderr || 'it took too long').trim().split('\n')[0]}`);
  }

  function tool(...words) {
    const run = spawnSync(photopsy, words, { encoding: 'utf8' });
    if (run.status > 1) fail(`photopsy ${words.join(' ')}: ${run.stderr}`);
    return run.stdout;
  }

  // ---- keys ----
  const file = name => path.join(work, 'slots', name);
  const slot_of = der => Buffer.concat([der, Buffer.alloc(Math.max(0, 612 - der.length), 0xff)]).subarray(0, 612);
  const rsa = bits => crypto.generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: 65537 });
  const pkcs1 = pair => pair.privateKey.export({ type: 'pkcs1', format: 'der' });
  const pem_of = pair => pair.publicKey.export({ type: 'spki', format: 'pem' });
  const spki_of = pair => pair.publicKey.export({ type: 'spki', format: 'der' });

  // Lengths of the contents of the nine numbers of a PKCS#1 key.
  function lengths_of(der) {
    const lengths = [];
    for (let at = 4; at < der.length;) {
      const long = der[at + 1] === 0x81;
      lengths.push(der[at + (long ? 2 : 1)]);
      at += (long ? 3 : 2) + lengths.at(-1);
    }
    return lengths;
  }
  function key_where(fits) {
    for (let tries = 0; tries < 5000; ++tries) {
      const pair = rsa(1024);
      if (fits(lengths_of(pkcs1(pair)))) return pair;
    }
    return fail('5,000 fresh keys and none with a short number');
  }
  const long_enough = l => l[3] >= 128 && l.slice(6).every(length => length >= 64);

  function converted(der) {
    const from = file('convert-from.der'), to = file('convert-to.der');
    fs.writeFileSync(from, der);
    tool('keys', 'convert', from, '--to', 'device', '-o', to, '--force');
    return fs.readFileSync(to);
  }
  function recovered(slot) {
    const from = file('recover-from.bin'), to = file('recovered.der');
    fs.writeFileSync(from, slot);
    tool('keys', 'recover', from, '-o', to, '--force');
    return fs.readFileSync(to);
  }
  const edited = (bytes, edit) => { const copy = Buffer.from(bytes); edit(copy); return copy; };
  const flipped = (bytes, at, bit) => edited(bytes, copy => { copy[at] ^= 1 << bit; });

  // ---- cases: what stands in the flash, what the server has on record, the measured step, what the server says of it ----
  function cases() {
    const own = key_where(long_enough), other = rsa(1024), server = rsa(2048), stranger = rsa(2048);
    const short = key_where(l => l[3] >= 128 && l.slice(6).some(length => length <= 63)), short_d = key_where(l => l[3] <= 127);
    const minimal = slot_of(pkcs1(own)), fixed = slot_of(converted(pkcs1(own))), server_slot = spki_of(server);
    fs.mkdirSync(path.join(work, 'server'), { recursive: true });
    fs.writeFileSync(path.join(work, 'server', 'server.pem'), server.privateKey.export({ type: 'pkcs1', format: 'pem' }));
    const damaged_pq = edited(fixed, copy => copy.fill(0xff, 279, 410));
    const only_ned = edited(fixed, copy => copy.fill(0x00, 277, 611));
    const of = { name: '', slot: minimal, server: server_slot, registered: own, wanted: 'done', says: null };
    const differs = /match saved public key/, undecipherable = /decryption failed|too small/;
    const from_0_7 = (before, later) => releases.map(release => (release < '0.7' ? before : later));
    return [
      { name: 'good key as OpenSSL writes it' },
      { name: 'good key as the firmware writes it', slot: fixed },
      { name: 'p damaged', slot: flipped(fixed, 300, 4), wanted: 'rsa_decrypt' },
      { name: 'dP damaged', slot: flipped(fixed, 440, 0), wanted: 'rsa_decrypt' },
      { name: 'dQ damaged', slot: flipped(fixed, 500, 7), wanted: 'rsa_decrypt' },
      { name: 'qInv cut off', slot: edited(fixed, copy => copy.fill(0xff, 600, 612)), wanted: 'rsa_decrypt' },
      { name: 'd damaged', slot: edited(fixed, copy => copy.fill(0x00, 150, 250)) },
      { name: 'n damaged', slot: flipped(fixed, 74, 3), wanted: 'recv_384', says: differs },
      { name: 'length octet of p, bit 0', slot: flipped(fixed, 277, 0), wanted: 'rsa_decrypt' },
      { name: 'length octet of p, bit 1', slot: flipped(fixed, 277, 1) },
      { name: 'first byte erased', slot: edited(fixed, copy => { copy[0] = 0xff; }), wanted: releases.map(release => (release === '0.7.0' ? 'done' : 'recv_384')) },
      { name: 'short number', slot: slot_of(pkcs1(short)), registered: short, wanted: 'rsa_decrypt' },
      { name: 'short d', slot: slot_of(pkcs1(short_d)), registered: short_d, wanted: 'rsa_decrypt' },
      { name: 'short number, written anew', slot: slot_of(converted(pkcs1(short))), registered: short },
      { name: 'short d, written anew', slot: slot_of(converted(pkcs1(short_d))), registered: short_d },
      { name: 'PKCS#8', slot: slot_of(own.privateKey.export({ type: 'pkcs8', format: 'der' })), wanted: 'recv_384', says: differs },
      { name: 'p and q erased, recovered', slot: slot_of(recovered(damaged_pq)) },
      { name: 'only n, e, d left, recovered', slot: slot_of(recovered(only_ned)) },
      { name: 'another key on record', registered: other, wanted: 'recv_384', says: differs },
      { name: 'device unknown to the server', registered: null, wanted: 'recv_384', says: /no public key found/ },
      { name: "another server's key in the slot", server: spki_of(stranger), wanted: 'recv_384', says: undecipherable },
      { name: 'server key, one bit', server: flipped(server_slot, 150, 2), wanted: 'recv_384', says: undecipherable },
      { name: 'server key, even', server: flipped(server_slot, 288, 0), wanted: 'rsa_encrypt' },
      { name: 'server key, header of zeros', server: edited(server_slot, copy => copy.fill(0, 0, 33)) },
      { name: 'server key, first byte erased', server: edited(server_slot, copy => { copy[0] = 0xff; }), wanted: from_0_7('done', 'recv_384') },
    ].map(one => ({ ...of, ...one })).map(one => ({ ...one, wanted: [].concat(one.wanted), server_pem: pem_of(server) }));
  }

  /// The step that `photopsy handshake` predicts where the server has this policy; null where the device is unknown to it, which cannot be said there.
  function predicted(one, at, release, policy) {
    if (!one.registered) return null;
    const registered = file(`${at}.registered.pem`), server_key = file('server.pub.pem');
    fs.writeFileSync(registered, pem_of(one.registered));
    fs.writeFileSync(server_key, one.server_pem);
    const said = JSON.parse(tool('handshake', '--device-slot', file(`${at}.dev`), '--server-slot', file(`${at}.srv`), '--device-os', release, '--registered-public-key', registered,
                                 '--server-public-key', server_key, '--format', 'json'));
    return said.predictions.find(row => row.server_policy === policy).step;
  }
  return { cases, fail, fetch, file, pem_of, predicted, releases, skip, tool };
};

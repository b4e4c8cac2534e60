// A server that somebody else wrote (@brewskey/spark-protocol, LGPL-3.0, from the npm registry) shakes hands on loopback with peer_device, and the
// step at which each handshake ends is held against what `photopsy handshake` says and against the measured table. This server compares the key
// that a device presents with its record. The package is fetched into the build directory at the first run and never becomes part of photopsy.
//   node peer.js PHOTOPSY PEER_DEVICE WORK_DIRECTORY     exit status 0 all agree, 1 they do not, 77 no npm or no registry here
'use strict';
const { execFile, spawn, spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');

const server_version = '1.0.21';
const releases = ['0.4.7', '0.6.2', '0.7.0', '1.0.1', '1.2.1', '2.3.1'];

// ---- the server's process: the package's own DeviceServer, bound to loopback ----
function serve(directory) {
  const net = require('node:net');
  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (port, ready) {  // the package has no setting for the address
    return listen.call(this, 0, '127.0.0.1', () => { ready(); console.log(JSON.stringify({ listening: this.address().port })); });
  };
  const { Container } = require(path.join(directory, 'node_modules', 'constitute'));
  const { defaultBindings } = require(path.join(directory, 'node_modules', '@brewskey', 'spark-protocol'));
  const container = new Container();
  defaultBindings(container, { BINARIES_DIRECTORY: path.join(directory, 'binaries'), DEVICE_DIRECTORY: path.join(directory, 'devices'),
                               SERVER_KEYS_DIRECTORY: path.join(directory, 'server'), SERVER_KEY_FILENAME: 'server.pem' });
  container.constitute('DeviceServer').start();
}
if (process.argv[2] === 'serve') {
  serve(process.argv[3]);
  return;
}

const [photopsy, device, work] = process.argv.slice(2);

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

function install() {
  const manifest = path.join(work, 'node_modules', '@brewskey', 'spark-protocol', 'package.json');
  if (fs.existsSync(manifest) && JSON.parse(fs.readFileSync(manifest)).version === server_version) return;
  fs.mkdirSync(work, { recursive: true });
  // One dependency names a repository instead of the registry; the same package is there, and the handshake does not need it.
  fs.writeFileSync(path.join(work, 'package.json'), JSON.stringify({ name: 'peer', version: '1.0.0', private: true, dependencies: { '@brewskey/spark-protocol': server_version },
                                                                     overrides: { 'binary-version-reader': '2.5.1' } }));
  const npm = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=0', '--fetch-timeout=20000'],
                        { cwd: work, encoding: 'utf8', timeout: 150000 });
  if (npm.error) skip(`npm does not run (${npm.error.code})`);
  if (npm.status !== 0) skip(`npm could not fetch @brewskey/spark-protocol ${server_version}: ${(npm.stderr || 'it took too long').trim().split('\n')[0]}`);
}

function fail(why) {
  console.error(why);
  process.exit(1);
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

function predicted(one, at, release) {
  if (!one.registered) return null;  // that a device is unknown to the cloud cannot be said on the command line
  const registered = file(`${at}.registered.pem`), server_key = file('server.pub.pem');
  fs.writeFileSync(registered, pem_of(one.registered));
  fs.writeFileSync(server_key, one.server_pem);
  const said = JSON.parse(tool('handshake', '--device-slot', file(`${at}.dev`), '--server-slot', file(`${at}.srv`), '--device-os', release, '--registered-public-key', registered,
                               '--server-public-key', server_key, '--format', 'json'));
  return said.predictions.find(row => row.server_policy === 'compares-presented-key').step;
}

// ---- the run ----
async function main() {
  install();
  for (const name of ['slots', 'devices', 'server']) {
    fs.rmSync(path.join(work, name), { recursive: true, force: true });
    fs.mkdirSync(path.join(work, name));
  }
  const list = cases();
  const log = [];
  const server = spawn(process.execPath, [__filename, 'serve', work], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => server.kill());
  const port = await new Promise((resolve, reject) => {
    let rest = '';
    server.on('exit', status => reject(new Error(`the server ended with ${status}`)));
    server.stdout.on('data', text => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines.map(one => { try { return JSON.parse(one); } catch { return { msg: one }; } })) {
        if (line.listening) resolve(line.listening);
        log.push(line);
      }
    });
  });
  // The server gives each handshake ten seconds. One that comes near that says something of the machine, not of the keys, and is done anew.
  const shake = async (one, at, index) => {
    for (let attempt = 0; attempt < 5; ++attempt) {
      const release = releases[index], id = crypto.createHash('sha256').update(`${at} ${release} ${attempt}`).digest('hex').slice(0, 24);
      if (one.registered) fs.writeFileSync(path.join(work, 'devices', `${id}.pub.pem`), pem_of(one.registered));
      const begun = Date.now();
      const { stdout } = await promisify(execFile)(device, [String(port), id, release, file(`${at}.dev`), file(`${at}.srv`)]);
      if (Date.now() - begun < 9000) return { one, at, release, id, wanted: one.wanted[index] ?? one.wanted[0], came: stdout.trim() };
    }
    return skip('this machine is too busy for the ten seconds that the server gives a handshake');
  };
  // The same keys once more, by `photopsy handshake --live`, which ends before the hello: "done" there is what comes after it here.
  const ask = async (one, at, index) => {
    const release = releases[index], id = crypto.createHash('sha256').update(`live ${at} ${release}`).digest('hex').slice(0, 24);
    if (one.registered) fs.writeFileSync(path.join(work, 'devices', `${id}.pub.pem`), pem_of(one.registered));
    const words = ['handshake', '--device-slot', file(`${at}.dev`), '--server-slot', file(`${at}.srv`), '--device-os', release, '--format', 'json', '--live', '--yes', '--server',
                   `127.0.0.1:${port}`, '--device-id', id];
    const { stdout } = await promisify(execFile)(photopsy, words).catch(error => error);
    return stdout ? JSON.parse(stdout).live : null;  // nothing where it is not offered: an empty slot has no key yet
  };
  const results = [];
  for (const [at, one] of list.entries()) {
    fs.writeFileSync(file(`${at}.dev`), one.slot);
    fs.writeFileSync(file(`${at}.srv`), one.server);
    for (let index = 0; index < releases.length; index += 2) results.push(...await Promise.all([index, index + 1].map(async each => ({ ...await shake(one, at, each), live: await ask(one, at, each) }))));
  }
  // The last lines of its log may still be on their way.
  const complete = () => list.every(each => !each.says || log.some(line => line.err && each.says.test(line.err.message))) &&
    results.every(each => each.came !== 'done' || log.some(line => line.msg === 'Connection' && line.deviceID === each.id));
  for (let tries = 0; tries < 600 && !complete(); ++tries) await new Promise(resolve => setTimeout(resolve, 50));
  let wrong = 0;
  const disagree = (result, what) => { ++wrong; console.log(`${result.one.name}, Device OS ${result.release}: ${what}`); };
  for (const result of results) {
    const { one, came, wanted } = result, model = predicted(one, result.at, result.release);
    const connected = log.some(line => line.msg === 'Connection' && line.deviceID === result.id);
    if (came !== wanted) disagree(result, `ends at ${came}, measured elsewhere: ${wanted}`);
    if (model !== null && came !== model) disagree(result, `ends at ${came}, photopsy says ${model}`);
    if (result.live && result.live.step !== came) disagree(result, `ends at ${came}, asked live at ${result.live.step}`);
    if (connected !== (came === 'done')) disagree(result, `the device says ${came}, the server ${connected ? 'has' : 'has not'} accepted it`);
  }
  for (const one of list.filter(each => each.says)) if (!log.some(line => line.err && one.says.test(line.err.message))) { ++wrong; console.log(`${one.name}: the server never said ${one.says}`); }
  const done = results.filter(result => result.came === 'done').length;
  const asked = results.filter(result => result.live).length;
  if (asked < 140) { ++wrong; console.log(`only ${asked} were asked live`); }
  console.log(`${results.length} handshakes, ${asked} of them live too, with @brewskey/spark-protocol ${server_version}: ${done} completed, ${results.length - done} ended before, ${wrong} disagreements`);
  process.exit(wrong === 0 && done > 0 ? 0 : 1);
}
main().catch(error => fail(error.stack));

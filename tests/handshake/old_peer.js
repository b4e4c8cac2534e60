// A server of 2015 that somebody else wrote (spark-protocol 0.1.6, LGPL-3.0, from the npm registry), which encrypts to the key on its record whatever a device
// presents. `photopsy handshake --live` asks it on loopback with keys of every kind: the answer must be the step that is predicted for such a server; and
// `photopsy analyze --live` on a whole dump must be certain of another key on record, and of the right one.
// The package is fetched into the build directory and never becomes part of photopsy. Two of the packages that it asks for cannot be had: ursa.js stands in
// for a binding of OpenSSL 1.0, and nothing for the messages after the handshake, which photopsy never sends.
//   node old_peer.js PHOTOPSY MAKE_SAMPLE SAMPLES_FOLDER WORK_FOLDER     exit status 0 all agree, 1 they do not, 77 no npm or no registry here
'use strict';
const { execFile, spawn, spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');

const server_version = '0.1.6';

// ---- the server's process: the package's own DeviceServer, bound to loopback ----
function serve(directory) {
  const net = require('node:net'), listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (port, ready) {  // the package has no setting for the address
    return listen.call(this, 0, '127.0.0.1', () => { if (ready) ready(); process.send({ listening: this.address().port }); });
  };
  global.settings = { coreKeysDir: path.join(directory, 'devices') };
  const { DeviceServer } = require(path.join(directory, 'node_modules', 'spark-protocol'));
  const settings = require(path.join(directory, 'node_modules', 'spark-protocol', 'settings.js'));
  settings.serverKeyFile = path.join(directory, 'server', 'server.pem');
  new DeviceServer({ coreKeysDir: global.settings.coreKeysDir }).start();
}
if (process.argv[2] === 'serve') {
  serve(process.argv[3]);
  return;
}

const [photopsy, make_sample, samples, work] = process.argv.slice(2);
const { cases, fail, fetch, file, pem_of, predicted, releases, skip } = require('./peer_keys.js')(photopsy, work);

/// Packages of our own under the names of those that cannot be had.
function stand_ins() {
  const made = (name, files) => {
    const folder = path.join(work, 'stand-in', name);
    for (const [place, content] of Object.entries({ 'package.json': JSON.stringify({ name, version: '9.9.9', main: 'index.js' }), ...files })) {
      fs.mkdirSync(path.dirname(path.join(folder, place)), { recursive: true });
      fs.writeFileSync(path.join(folder, place), content);
    }
    return `file:${folder}`;
  };
  const option = 'module.exports = class Option {};\n';
  return { ursa: made('ursa', { 'index.js': fs.readFileSync(path.join(__dirname, 'ursa.js')) }),
           'h5.coap': made('h5.coap', { 'index.js': 'exports.Message = class Message {};\nexports.Message.Code = {};\nexports.Message.Type = {};\n', 'lib/Option.js': option }) };
}

async function started() {
  const server = spawn(process.execPath, [__filename, 'serve', work], { stdio: ['ignore', fs.openSync(path.join(work, 'server.log'), 'w'), 'inherit', 'ipc'] });
  process.on('exit', () => server.kill());
  return new Promise((resolve, reject) => {
    server.on('exit', status => reject(new Error(`the server ended with ${status}`)));
    server.on('message', message => resolve(message.listening));
  });
}

const record = (id, pem) => fs.writeFileSync(path.join(work, 'devices', `${id}.pub.pem`), pem);
const id_of = words => crypto.createHash('sha256').update(words).digest('hex').slice(0, 24);
const asked = async words => (await promisify(execFile)(photopsy, [...words, '--live', '--yes', '--format', 'json']).catch(error => error)).stdout;

/// Every key of every release, by the slots alone.
async function ask_with_slots(list, port, disagree) {
  let count = 0;
  for (const [at, one] of list.entries()) {
    fs.writeFileSync(file(`${at}.dev`), one.slot);
    fs.writeFileSync(file(`${at}.srv`), one.server);
    for (const release of releases) {
      const id = id_of(`${at} ${release}`);
      if (one.registered) record(id, pem_of(one.registered));
      const said = await asked(['handshake', '--device-slot', file(`${at}.dev`), '--server-slot', file(`${at}.srv`), '--device-os', release, '--server', `127.0.0.1:${port}`,
                                '--device-id', id]);
      if (!said) continue;  // not offered: an empty slot has no key yet
      ++count;
      const { live } = JSON.parse(said), wanted = predicted(one, at, release, 'uses-stored-key') ?? 'recv_384';
      if (live.step !== wanted) disagree(`${one.name}, Device OS ${release}: ends at ${live.step}, predicted ${wanted}`);
    }
  }
  return count;
}

/// A Photon in which nothing is wrong but that it belongs to this server.
function dump_for(server_slot) {
  const recipe = fs.readFileSync(path.join(samples, 'healthy-1.5.2', 'recipe.toml'), 'utf8').split('[expect]')[0];
  const put = copy => `{ act = "put", at = "dct${copy}.server_public_key", hex = "${server_slot.toString('hex')}" },\n{ act = "reseal", copy = ${copy} },\n`;
  fs.writeFileSync(file('recipe.toml'), `${recipe}damage = [\n${put(1)}${put(2)}]\n`);
  fs.rmSync(file('dump.bin'), { force: true });
  const made = spawnSync(make_sample, [file('recipe.toml'), '-o', file('dump.bin')], { encoding: 'utf8' });
  if (made.status !== 0) fail(made.stderr);
  return file('dump.bin');
}

/// Once with this device's key on record, once with another one.
async function ask_with_dump(list, port, disagree) {
  const dump = dump_for(list[0].server), id = id_of('dump');
  const report = async () => JSON.parse(await asked(['analyze', dump, '--server', `127.0.0.1:${port}`, '--device-id', id]));
  const named = (said, cause) => said.causes.find(one => one.id === cause);
  record(id, pem_of(list.find(one => one.name === 'another key on record').registered));
  const foreign = await report(), cause = named(foreign, 'cloud-holds-another-key');
  if (!cause || cause.confidence !== 'certain') disagree(`another key on record is ${cause ? cause.confidence : 'not named'}`);
  const commands = cause ? cause.remedies.flatMap(remedy => remedy.commands).join('\n') : '';
  if (!/particle keys send|keys send/.test(commands)) disagree('the remedy has no command that registers this key');
  const key = foreign.keys.find(one => one.role === 'device-private-key').public_key;
  record(id, `-----BEGIN PUBLIC KEY-----\n${key.match(/.{1,64}/g).join('\n')}\n-----END PUBLIC KEY-----\n`);
  const own = await report();
  if (named(own, 'cloud-holds-another-key')) disagree('this key on record is called another one');
  if (own.handshake.live?.step !== 'done') disagree(`this key on record ends at ${own.handshake.live?.step}`);
}

async function main() {
  fetch('spark-protocol', server_version, stand_ins());
  for (const name of ['slots', 'devices', 'server']) {
    fs.rmSync(path.join(work, name), { recursive: true, force: true });
    fs.mkdirSync(path.join(work, name));
  }
  const list = cases();
  const port = await started().catch(error => skip(`the server does not run with this Node.js (${error.message})`));
  let wrong = 0;
  const disagree = what => { ++wrong; console.log(what); };
  const count = await ask_with_slots(list, port, disagree);
  await ask_with_dump(list, port, disagree);
  if (count < 140) disagree(`only ${count} were asked`);
  console.log(`${count} handshakes begun with spark-protocol ${server_version}, and two with a whole dump: ${wrong} disagreements`);
  process.exit(wrong === 0 ? 0 : 1);
}
main().catch(error => fail(error.stack));

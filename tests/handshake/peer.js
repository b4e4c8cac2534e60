// A server that somebody else wrote (@brewskey/spark-protocol, LGPL-3.0, from the npm registry) shakes hands on loopback with peer_device, and the
// step at which each handshake ends is held against what `photopsy handshake` says and against the measured table. This server compares the key
// that a device presents with its record. The package is fetched into the build directory at the first run and never becomes part of photopsy.
//   node peer.js PHOTOPSY PEER_DEVICE WORK_DIRECTORY     exit status 0 all agree, 1 they do not, 77 no npm or no registry here
'use strict';
const { execFile, spawn } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');

const server_version = '1.0.21';

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
const { cases, fail, fetch, file, pem_of, predicted, releases, skip } = require('./peer_keys.js')(photopsy, work);

// ---- the run ----
async function main() {
  // One dependency names a repository instead of the registry; the same package is there, and the handshake does not need it.
  fetch('@brewskey/spark-protocol', server_version, { 'binary-version-reader': '2.5.1' });
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
    const { one, came, wanted } = result, model = predicted(one, result.at, result.release, 'compares-presented-key');
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

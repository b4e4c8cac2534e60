// Devices read by the page in a real browser: the emulated device of tests/dfu behind a navigator.usb. Each run ends with the device's own bytes or with a
// sentence, never with others.
//   NODE_PATH=.../node_modules node capture.js PAGE.html DEVICE.js DUMP CORE PICTURES_DIRECTORY|- RUNS
// CORE is the dump of a Core, its serial flash beside it in CORE.external.
const fs = require('fs'), path = require('path');
const { launch, open, settled, trouble, saved, until, address } = require('./pages.js');
const [file, deviceFile, dumpFile, coreFile, pictures, runs] = process.argv.slice(2);
const scripts = [fs.readFileSync(deviceFile, 'utf8') + '\n' + fs.readFileSync(path.join(__dirname, 'fake_usb.js'), 'utf8')];
const dump = fs.readFileSync(dumpFile);
let failures = 0, checks = 0;
function check(truth, what) { ++checks; if (!truth) { ++failures; console.log('FAILED: ' + what); } }

const stall = 0, silence = 1, short = 2, flip = 3, noise = 4, broken = 5, unplug = 6;
const fixed = [
  ['a Photon of each time', { generation: 0 }], ['', { generation: 1 }], ['', { generation: 2 }], ['', { generation: 3 }], ['a P1', { kind: 1 }],
  ['stalls and a flipped bit', { faults: [[stall, 10, 2, 0], [flip, 60, 1, 99], [short, 90, 1, 0]] }],
  ['unplugged and back', { faults: [[unplug, 120, 1, 2]] }],
  ['an unsure block', { faults: [[noise, 0, 1, 0x08043000]] }],
  ['garbage for descriptors', { garbage: true }],
  ['refuses all', { faults: [[stall, 3, 1000000, 0]] }],
  ['nobody chose', { denies: true }], ['in use', { refuses: 'NetworkError' }], ['not permitted', { refuses: 'SecurityError' }],
  ['silence', { faults: [[silence, 30, 1, 0], [silence, 200, 1, 0]] }],
  ['another device comes back', { faults: [[unplug, 120, 1, 1]], returnsAsOther: true }],
  ['another device without an id comes back', { generation: 1, faults: [[unplug, 300, 1, 1]], swaps: true }],
  ['the page is closed in the middle', { freezeAt: 150 }],
  ['the page is closed in the second read', { freezeAt: 400, generation: 1 }],
  ['its own map forbids it', { map: '@Internal Flash   /0x08000000/04*016Kd' }],
];

/// The same seed, the same runs.
function random(seed) { let state = seed; return below => { state = (state * 1103515245 + 12345) & 0x7fffffff; return state % below; }; }
function chanceRun(seed) {
  const chance = random(seed + 1), faults = [];
  for (let count = chance(4); count >= 0; --count) faults.push([[stall, short, flip, broken, unplug, stall][chance(6)], chance(500), 1 + chance(3), chance(3)]);
  const wishes = { generation: chance(4), kind: chance(5) === 0 ? 1 : 0, faults }, also = chance(16);
  if (also === 0) wishes.freezeAt = chance(450);
  if (also === 1) wishes.garbage = true;
  if (also === 2) wishes.denies = true;
  if (also === 3) Object.assign(wishes, wishes.generation < 2 ? { swaps: true } : { returnsAsOther: true });
  if (also === 4) faults.push([silence, chance(400), 1, 0]);
  if (also === 5) faults.push([noise, 0, 1, 0x08040000 + 0x1000 * chance(16)]);
  return ['chance ' + seed, wishes];
}

const fromBytes = bytes => bytes.toString('base64');
const plugIn = (page, flash, wishes) => page.evaluate(async ([bytes, wishes]) => { await emulate(fromBase64(bytes), wishes); }, [fromBytes(flash), wishes]);
const anew = page => page.evaluate(async () => {
  document.getElementById('trouble').hidden = document.getElementById('step-result').hidden = true;
  session.captured = null;
  reading.patience = 1500;
  await photopsy.tell('forget');
});
/// The other half of those that come back as another device without an id of its own.
const swapped = Buffer.from(dump.map((byte, at) => (at >= 0x60000 ? byte ^ 0x01 : byte)));

async function run(page, name, wishes) {
  await anew(page);
  await plugIn(page, dump, wishes);
  await page.click('#connect');
  await until(page, () => window.emulated.frozen || (!session.busy && !(document.getElementById('step-result').hidden && document.getElementById('trouble').hidden)), name);
  if (await page.evaluate(() => window.emulated.frozen)) { // the page is closed, and the device stays as it was left
    await page.goto('about:blank');
    await page.goto(address(file));
    await page.waitForSelector('html[data-ready=yes]');
    await plugIn(page, dump, { generation: wishes.generation, kind: wishes.kind, leftInState: 9 });
    await page.click('#connect');
    await settled(page);
  }
  const captured = await page.evaluate(() => (session.captured ? { bytes: btoa(session.captured.bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')), record: new TextDecoder().decode(session.captured.record) } : null));
  const sentence = await trouble(page);
  if (!captured) {
    check(sentence.length > 20, `${name}: neither a dump nor a sentence`);
    return 'sentence';
  }
  const bytes = Buffer.from(captured.bytes, 'base64'), { unstable } = JSON.parse(captured.record), right = wishes.swaps && bytes.equals(swapped) ? swapped : dump;
  for (const { address: at, length } of unstable) right.copy(bytes, Number(at) - 0x08000000, Number(at) - 0x08000000, Number(at) - 0x08000000 + length);
  check(bytes.equals(right), `${name}: a wrong dump`);
  check(await page.evaluate(() => emulated.trespasses()) === 0, `${name}: the device was asked for what is not allowed`);
  check(await page.evaluate(() => emulated.state()) === 2, `${name}: the device is not left idle`);
  return 'dump';
}

/// A Core whole, and a P1 with its serial flash: two files and a record of both.
async function twoFlashes(page, name, kind, flash, second) {
  await anew(page);
  await page.evaluate(async ([bytes, more, kind]) => { await emulate(fromBase64(bytes), { kind, second: fromBase64(more) }); }, [fromBytes(flash), fromBytes(second), kind]);
  if (kind === 1) await page.check('#second-too');
  await page.click('#connect');
  await settled(page);
  check(await trouble(page) === '', `${name}: ` + await trouble(page));
  const captured = await page.evaluate(() => {
    const text = bytes => bytes && btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
    return session.captured && { first: text(session.captured.bytes), second: text(session.captured.second), record: new TextDecoder().decode(session.captured.record) };
  });
  check(captured && Buffer.from(captured.first, 'base64').equals(flash), `${name}: the first flash`);
  check(captured && captured.second && Buffer.from(captured.second, 'base64').equals(second), `${name}: the second flash`);
  check(captured && JSON.parse(captured.record).external, `${name}: the record tells of both`);
  check(await page.evaluate(() => emulated.trespasses()) === 0, `${name}: the device was asked for what is not allowed`);
  if (kind === 1) await page.uncheck('#second-too');
}

/// Stop keeps what was read; the next capture goes on there.
async function stopAndGoOn(page) {
  await anew(page);
  await plugIn(page, dump, { delay: 4 });
  await page.click('#connect');
  await page.waitForTimeout(900);
  if (pictures !== '-') await page.screenshot({ path: path.join(pictures, 'reading.png') });
  await page.click('#stop');
  await settled(page);
  check(await page.evaluate(() => byId('trouble').getBoundingClientRect().top > byId('connect').getBoundingClientRect().bottom), 'a word about the device stands below where it is connected');
  check(/KiB were read and are kept/.test(await trouble(page)), 'a stopped capture says what it keeps: ' + await trouble(page));
  await page.click('#connect');
  await settled(page);
  await page.click('#more-files summary');
  check((await saved(page, '#save-dump', '.bin')).equals(dump), 'the dump that is saved is the device\'s');
}

(async () => {
  const browser = await launch(), ends = { dump: 0, sentence: 0 };
  const { page, wrong, close } = await open(browser, address(file), { scripts });
  const began = Date.now();
  for (const [name, wishes] of [...fixed, ...Array.from({ length: Number(runs) }, (_, seed) => chanceRun(seed))]) ++ends[await run(page, name, wishes)];
  const seconds = (Date.now() - began) / 1000;
  const core = fs.readFileSync(coreFile), serial = Buffer.alloc(0x200000, 0xFF), ofP1 = Buffer.alloc(0x100000, 0xFF);
  fs.readFileSync(coreFile + '.external').copy(serial);
  for (let at = 0; at < 0x20000; ++at) ofP1[at] = at * 7 & 0xFF;
  await twoFlashes(page, 'a Core', 2, core, serial);
  await twoFlashes(page, 'a P1', 1, dump, ofP1);
  await stopAndGoOn(page);
  check(wrong.length === 0, 'complaints: ' + wrong[0]);
  await close();
  await browser.close();
  console.log(`${ends.dump} dumps, ${ends.sentence} sentences in ${seconds.toFixed(0)} s; ${checks} checks, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });

// Devices repaired by the page in a real browser, behind a navigator.usb: from the plan to the verdict, through a page that is closed in the middle and a power that
// fails, always with the flash that the program leaves.
//   NODE_PATH=.../node_modules node repair.js PAGE.html DEVICE.js JOBS.json PICTURES_DIRECTORY|- CUTS
// JOBS.json (page.py writes it): [{story, serial, dump, firmware, repaired}]
const fs = require('fs'), path = require('path'), os = require('os');
const { launch, open, settled, trouble, saved, until, barriers, address } = require('./pages.js');
const [file, deviceFile, jobsFile, pictures, cuts] = process.argv.slice(2);
const scripts = [fs.readFileSync(deviceFile, 'utf8') + '\n' + fs.readFileSync(path.join(__dirname, 'fake_usb.js'), 'utf8')];
const jobs = JSON.parse(fs.readFileSync(jobsFile, 'utf8')), scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'photopsy-page-'));
let failures = 0, checks = 0;
function check(truth, what) { ++checks; if (!truth) { ++failures; console.log('FAILED: ' + what); } }

const plugIn = (page, job, flash, wishes) => page.evaluate(async ([bytes, wishes]) => emulate(Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0)), wishes), [flash.toString('base64'), { generation: 'of flash', serial: job.serial, ...wishes }]);
const flashNow = async page => Buffer.from(await page.evaluate(() => btoa(emulated.flash().reduce((text, byte) => text + String.fromCharCode(byte), ''))), 'base64');
const picture = async (page, name) => { if (pictures !== '-') await page.screenshot({ path: path.join(pictures, name + '.png'), fullPage: true }); };
/// A page is left without a question, as a browser that crashes leaves it.
async function anew(page) {
  page.removeAllListeners('dialog');
  page.on('dialog', dialog => dialog.accept());
  await page.goto('about:blank');
  await page.goto(address(file));
  await page.waitForSelector('html[data-ready=yes]', { timeout: 120000 });
}

/// The device is read, the files are given, the backup is saved and proved. Its place.
async function readAndProve(page, job, proves) {
  await page.click('#connect');
  await settled(page);
  check(await page.isVisible('#step-repair'), `${job.story}: a repair is offered: ` + await trouble(page));
  if (job.firmware.length) {
    await page.setInputFiles('#repair-files', job.firmware);
    await until(page, () => document.getElementById('repair-files-say').textContent !== '' || !document.getElementById('trouble').hidden, 'the firmware');
  }
  check(await page.isDisabled('#repair-write'), `${job.story}: nothing is written without a proved backup`);
  const backup = path.join(scratch, 'photopsy-repair.zip');
  fs.writeFileSync(backup, await saved(page, '#repair-save'));
  await proves(page, backup);
  check(!await page.isDisabled('#repair-write'), `${job.story}: the backup is proved`);
  return backup;
}
const proveByFile = async (page, backup) => {
  const other = path.join(scratch, 'other.zip');
  fs.writeFileSync(other, fs.readFileSync(backup).subarray(1));
  await page.setInputFiles('#repair-back', other);
  await until(page, () => document.getElementById('repair-proof').textContent.includes('is not the backup'), 'a refusal');
  await page.setInputFiles('#repair-back', backup);
  await until(page, () => document.getElementById('repair-proof').textContent.includes('whole'), 'a proof');
};
const proveByHash = async (page, backup) => {
  await page.fill('#repair-hash', require('crypto').createHash('sha256').update(fs.readFileSync(backup)).digest('hex'));
  await page.click('#repair-hash-check');
  await until(page, () => document.getElementById('repair-proof').textContent.includes('whole'), 'a proof');
};

const ended = page => until(page, () => !document.getElementById('repaired').hidden || !document.getElementById('trouble').hidden || window.emulated.frozen, 'the end of the repair');
/// Taps RESET with SETUP held when the page asks for it.
async function untilEnded(page) {
  const asked = page.waitForSelector('#reset-done:not([hidden])', { timeout: 180000 }).then(async () => {
    await page.evaluate(() => emulated.resetIntoDfu());
    await page.click('#reset-done');
  }).catch(() => undefined);
  await ended(page);
  void asked;
}

async function checkRepaired(page, job, what) {
  check(await page.isVisible('#repaired'), `${what}: it is said that it is repaired: ` + await trouble(page));
  check((await page.textContent('#repaired-title')).startsWith('Repaired'), `${what}: ` + await page.textContent('#repaired-says'));
  check((await flashNow(page)).equals(fs.readFileSync(job.repaired)), `${what}: the flash is not what the program leaves`);
  check(await page.evaluate(async () => await keptJournal() === undefined), `${what}: the journal is gone`);
}

/// Without a disturbance; between which transfers it was written.
async function whole(browser, job, proves) {
  const { page, wrong, close } = await open(browser, address(file), { scripts, bypassCSP: true, viewport: { width: 360, height: 900 } });
  await plugIn(page, job, fs.readFileSync(job.dump), {});
  await readAndProve(page, job, proves);
  await page.click('#step-repair summary >> nth=0');
  await picture(page, 'repair-' + job.story);
  const found = await barriers(page);
  check(found.length === 0, `${job.story}: axe: ${found[0]}`);
  check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${job.story}: wider than the window`);
  fs.copyFileSync(path.join(scratch, 'photopsy-repair.zip'), path.join(path.dirname(job.dump), 'photopsy-repair.zip'));
  const before = await page.evaluate(() => emulated.transfers());
  await page.click('#repair-write');
  await untilEnded(page);
  await checkRepaired(page, job, job.story);
  await picture(page, 'repaired-' + job.story);
  check(wrong.length === 0, `${job.story}: complaints: ${wrong[0]}`);
  const lastWrite = await page.evaluate(() => emulated.lastWrite());
  await close();
  return [before, lastWrite];
}

/// The page is closed at this transfer, with or without the power; a new one goes on with backup and journal.
async function interrupted(browser, job, wishes, what) {
  const { page, wrong, close } = await open(browser, address(file), { scripts });
  await plugIn(page, job, fs.readFileSync(job.dump), { ...wishes, freezeInDark: true });
  const backup = await readAndProve(page, job, proveByFile);
  await page.click('#repair-write');
  await untilEnded(page);
  const frozen = await page.evaluate(() => window.emulated.frozen), flash = await flashNow(page);
  if (frozen) {
    await anew(page);
    await plugIn(page, job, flash, {});
    if (await page.isVisible('#step-kept')) {
      await picture(page, 'kept-' + job.story);
      await page.setInputFiles('#kept-files', [backup, ...job.firmware]);
      await until(page, () => !document.getElementById('kept-go').disabled || !document.getElementById('trouble').hidden, 'the plan made again');
      check(await trouble(page) === '', `${what}: ` + await trouble(page));
      await page.click('#kept-go');
      await untilEnded(page);
      await checkRepaired(page, job, what);
    } else {
      check(flash.equals(fs.readFileSync(job.dump)), `${what}: nothing was begun, and yet something was written`);
    }
  } else {
    await checkRepaired(page, job, what);
  }
  check(wrong.length === 0, `${what}: complaints: ${wrong[0]}`);
  await close();
}

/// What is no ground for writing is none here either.
async function refused(browser, job) {
  const { page, close } = await open(browser, address(file), { scripts });
  const dump = fs.readFileSync(job.dump);
  await plugIn(page, job, dump, {});
  await readAndProve(page, job, proveByHash);
  const other = Buffer.from(dump);
  other.fill(0x55, 0xA0000, 0xC0000);
  other.fill(0x55, 0x60000, 0x80000);
  other[0x100] ^= 1; // another bootloader
  await plugIn(page, job, other, {});
  await page.click('#repair-write');
  await untilEnded(page);
  check((await trouble(page)).includes('another device'), `${job.story}: another device is refused: ` + await trouble(page));
  check((await flashNow(page)).equals(other), `${job.story}: another device is not written to`);
  await close();
}

(async () => {
  const browser = await launch(), began = Date.now();
  let interruptions = 0;
  for (const [number, job] of jobs.entries()) {
    const [from, to] = await whole(browser, job, number % 2 ? proveByHash : proveByFile);
    for (let cut = 0; cut < Number(cuts); ++cut) {
      const at = from + Math.floor((to + 8 - from) * (cut + 0.9) / Number(cuts)); // in the last one the writing is near its end
      await interrupted(browser, job, cut % 3 === 0 ? { freezeAt: at } : cut % 3 === 1 ? { cutRequest: at } : { cutFlash: cut * 7, cutShare: 50 }, `${job.story}, interruption ${cut}`);
      ++interruptions;
    }
  }
  await refused(browser, jobs[0]);
  await browser.close();
  fs.rmSync(scratch, { recursive: true, force: true });
  console.log(`${jobs.length} repairs, ${interruptions} interruptions in ${((Date.now() - began) / 1000).toFixed(0)} s; ${checks} checks, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });

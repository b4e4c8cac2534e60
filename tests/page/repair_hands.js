// Hands that repair a device in the page. A `world` is what all of them share: {check, scratch, scripts, url}; a `job` is one device (repairs.py).
const fs = require('fs'), path = require('path'), crypto = require('crypto');
const { settled, trouble, saved, until } = require('./pages.js');

/// All that outlasts the power in the device.
const stateOf = async (page, job) => ({ flash: await flashNow(page), second: job.second ? await secondNow(page) : undefined, isProtected: await page.evaluate(() => emulated.isProtected()) });
const plugInAgain = (page, job, state, wishes = {}) => plugIn(page, job, { wasStarted: false, isProtected: state.isProtected, ...wishes }, state.flash, state.second);

/// The device of the job, or the same one with another flash in it.
async function plugIn(page, job, wishes, flash, second) {
  const first = flash || fs.readFileSync(job.dump), other = second || (job.second && fs.readFileSync(job.second));
  const all = { kind: job.kind, generation: 'of flash', serial: job.serial, wasStarted: true, ...wishes };
  await page.evaluate(async ([bytes, more, wishes]) => {
    await emulate(fromBase64(bytes), { ...wishes, second: more ? fromBase64(more) : undefined });
    reading.patience = wishes.patience || reading.patience;
  }, [first.toString('base64'), other ? other.toString('base64') : '', all]);
}

const bytesOf = async (page, which) => Buffer.from(await page.evaluate(which => btoa(emulated[which]().reduce((text, byte) => text + String.fromCharCode(byte), '')), which), 'base64');
const flashNow = page => bytesOf(page, 'flash');
const secondNow = page => bytesOf(page, 'second');

/// A page is left without a question, as a browser that crashes leaves it, and opened again.
async function anew(world, page) {
  page.removeAllListeners('dialog');
  page.on('dialog', dialog => dialog.accept());
  await page.goto('about:blank');
  await page.goto(world.url);
  await page.waitForSelector('html[data-ready=yes]', { timeout: 120000 });
}

const idle = page => page.waitForSelector('html:not([data-busy])', { timeout: 120000 });

/// Each box by itself; what needs the owner's word is written only behind the last one.
async function agree(world, page, job) {
  const ready = () => page.isVisible('#repair-do'), steps = () => page.evaluate(() => document.getElementById('repair-steps').children.length), before = await steps();
  let ticked = 0;
  for (; ticked < 8; ++ticked) {
    const box = await page.$('#repair-consents input:not(:checked)');
    if (!box) break;
    world.check(!await ready() || await steps() === before, `${job.story}: nothing that needs a word is written before all is agreed to`);
    await box.click();
    await idle(page);
  }
  const words = await page.evaluate(() => document.querySelectorAll('#repair-consents input').length);
  world.check(ticked === words && (ticked > 0) === (job.consents > 0), `${job.story}: ${ticked} consents of ${words}`);
  world.check(await ready(), `${job.story}: what was agreed to can be carried out`);
}

/// The device is read, files, a key and consents are given, the backup is saved and proved. Its place.
async function readAndProve(world, page, job, proves) {
  await page.click('#connect');
  await settled(page);
  world.check(await page.isVisible('#step-repair'), `${job.story}: a repair is offered: ` + await trouble(page));
  if (job.firmware.length) {
    await page.setInputFiles('#repair-files', job.firmware);
    await until(page, () => document.getElementById('repair-files-say').textContent !== '' || !document.getElementById('trouble').hidden, 'the firmware');
  }
  if (job.makes) {
    await page.click('#repair-key');
    await until(page, () => document.getElementById('repair-files-say').textContent.includes('was made'), 'the new key');
  }
  await agree(world, page, job);
  world.check(await page.isDisabled('#repair-write'), `${job.story}: nothing is written without a proved backup`);
  const backup = path.join(world.scratch, 'photopsy-repair.zip');
  fs.writeFileSync(backup, await saved(page, '#repair-save'));
  await proves(world, page, backup);
  world.check(!await page.isDisabled('#repair-write'), `${job.story}: the backup is proved`);
  return backup;
}
async function proveByFile(world, page, backup) {
  const other = path.join(world.scratch, 'other.zip');
  fs.writeFileSync(other, fs.readFileSync(backup).subarray(1));
  await page.setInputFiles('#repair-back', other);
  await until(page, () => document.getElementById('repair-proof').textContent.includes('is not the backup'), 'a refusal');
  await page.setInputFiles('#repair-back', backup);
  await until(page, () => document.getElementById('repair-proof').textContent.includes('whole'), 'a proof');
}
async function proveByHash(world, page, backup) {
  await page.fill('#repair-hash', crypto.createHash('sha256').update(fs.readFileSync(backup)).digest('hex'));
  await page.click('#repair-hash-check');
  await until(page, () => document.getElementById('repair-proof').textContent.includes('whole'), 'a proof');
}

/// Until the page says how it ended, or hears nothing more. Where it asks for a RESET, that is done; where it asks for the device, that is chosen.
async function untilEnded(page) {
  for (const end = Date.now() + 180000; Date.now() < end;) {
    const asks = await page.evaluate(() => {
      const seen = id => !document.getElementById(id).hidden;
      const over = window.emulated.frozen || (!session.busy && (seen('repaired') || seen('trouble')));
      return over ? 'over' : seen('reset-done') ? 'reset' : seen('reconnect') && seen('step-progress') ? 'reconnect' : '';
    });
    if (asks === 'over') return;
    if (asks === 'reset') {
      await page.evaluate(() => emulated.resetIntoDfu());
      await page.click('#reset-done').catch(() => undefined);
    }
    if (asks === 'reconnect' && await page.evaluate(() => emulated.permitted !== undefined && !emulated.permitted())) await page.click('#reconnect', { timeout: 1000 }).catch(() => undefined);
    await page.waitForTimeout(40);
  }
  throw new Error('waited in vain for the end of a repair');
}

/// With the backup and the files again, where a repair was begun before.
async function goOn(world, page, job, backup, what) {
  await page.setInputFiles('#kept-files', [backup, ...job.firmware]);
  await until(page, () => !document.getElementById('kept-go').disabled || !document.getElementById('trouble').hidden, 'the plan made again');
  world.check(await trouble(page) === '', `${what}: ` + await trouble(page));
  await page.click('#kept-go');
  await untilEnded(page);
}

/// The program has nothing to compare with yet: it writes the same key behind this (repairs.py).
async function keepAsRepaired(page, job) {
  const place = path.dirname(job.dump);
  for (const name of ['page.bin', 'repaired.bin']) fs.writeFileSync(path.join(place, name), await flashNow(page));
  if (job.second) for (const name of ['page.bin.external', 'repaired.bin.external']) fs.writeFileSync(path.join(place, name), await secondNow(page));
}

const isAsRepaired = async (page, job) => (await flashNow(page)).equals(fs.readFileSync(job.repaired)) && (!job.second || (await secondNow(page)).equals(fs.readFileSync(job.repaired + '.external')));

async function checkRepaired(world, page, job, what) {
  world.check(await page.isVisible('#repaired'), `${what}: it is said that it is repaired: ` + await trouble(page));
  world.check((await page.textContent('#repaired-title')).startsWith('Repaired'), `${what}: ` + await page.textContent('#repaired-says'));
  world.check(await isAsRepaired(page, job), `${what}: the flash is not what the program leaves`);
  world.check(await page.evaluate(async () => await keptJournal() === undefined), `${what}: the journal is gone`);
}

module.exports = { plugIn, stateOf, plugInAgain, flashNow, secondNow, anew, readAndProve, proveByFile, proveByHash, untilEnded, goOn, keepAsRepaired, isAsRepaired, checkRepaired };

// A repair carried out: the backup kept by the person and proved, the steps written over the browser's USB, the device read and judged again.
'use strict';

// --- the backup ---

function showProof(words) {
  byId('repair-proof').textContent = words;
  byId('repair-write').disabled = !repair.proved;
}

async function saveBackup() {
  repair.backup = await photopsy.bytes('repair_backup');
  save(backupName, repair.backup, 'application/zip');
  showProof('Now choose the saved file, so that it is sure to be there when it is needed. It holds the keys of the device: it is for you only.');
}

async function proveBackup(list) {
  if (!list.length) return;
  if (!repair.backup) repair.backup = await photopsy.bytes('repair_backup');
  const bytes = new Uint8Array(await list[0].arrayBuffer());
  repair.proved = bytes.length === repair.backup.length && bytes.every((byte, at) => byte === repair.backup[at]);
  showProof(repair.proved ? 'The backup is there, and whole.' : list[0].name + ' is not the backup of this plan. Save it, and choose that file.');
  announce(byId('repair-proof').textContent);
}

async function proveByHash() {
  if (!repair.backup) repair.backup = await photopsy.bytes('repair_backup');
  const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', repair.backup))].map(byte => byte.toString(16).padStart(2, '0')).join('');
  repair.proved = byId('repair-hash').value.replace(/\s+/g, '').toLowerCase() === digest;
  showProof(repair.proved ? 'That is the hash of the backup: it is there, and whole.' : 'That is not the hash of the backup.');
}

// --- carried out ---

/// The device that was read, without asking again where the browser still allows it.
async function sameDevice() {
  const before = session.captured && session.captured.device;
  const same = one => before && one.vendorId === before.vendorId && one.productId === before.productId && one.serialNumber === before.serialNumber;
  return (await navigator.usb.getDevices()).find(same) || choose();
}

async function writeRepair() {
  await showKept();
  if (repair.kept) return tellTrouble('A repair that was begun before is not finished.', 'Go on with it, or forget it; both stand at the top of the page.');
  repair.publicHalf = await photopsy.text('repair_public_half').catch(() => '');
  await withOpenDevice(await sameDevice(), (device, who) => carryOutRepair(device, who, 'repair_begin', ''));
}

async function goOnWithRepair() {
  await withOpenDevice(await sameDevice(), (device, who) => carryOutRepair(device, who, 'repair_begin', repair.kept.text));
}

/// What a start between a cut and now has put elsewhere in the device, back to what the backup holds.
async function putBack() {
  await withOpenDevice(await sameDevice(), (device, who) => carryOutRepair(device, who, 'repair_begin_restoration'));
}

/// `begins` is the module's own beginning of it, `journal` what that wants beside the device.
async function carryOutRepair(device, who, begins, ...journal) {
  Object.assign(reading, { stopWanted: false, device, foundByClick: null, began: performance.now(), announced: 0 });
  repair.running = true;
  for (const id of ['first', 'step-repair', 'step-kept']) show(id, false);
  addEventListener('beforeunload', warnOfLeaving);
  try {
    await photopsy.text(begins, await device.configuration(), device.maps(), ...journal);
    await repairSteps(who);
    await repairEnded(who);
  } finally {
    removeEventListener('beforeunload', warnOfLeaving);
    if (reading.device) await reading.device.close();
    reading.device = null;
    repair.running = false;
    for (const id of ['reconnect', 'step-progress', 'reset-done']) show(id, false);
    show('first', byId('repaired').hidden || byId('tell-cloud').hidden); // with a new key, what comes first stands there
    await showKept();
  }
}
const warnOfLeaving = event => event.preventDefault();

const backInDfu = 'Hold the button, tap RESET, and hold the button until the light blinks yellow. Do not let the device start normally. The repair goes on by itself; if it does not, press "Connect again".';

async function repairSteps(who) {
  for (;;) {
    const step = await photopsy.step('repair_step');
    if (step.wait) await pause(step.wait);
    if (step.kind === 'transfer' || step.kind === 'select') await photopsy.tell('repair_told', ...await reading.device.carryOut(step));
    else if (step.kind === 'reconnect') await photopsy.tell('repair_reconnected', await reconnect(who, backInDfu));
    else if (step.kind === 'proceed') await photopsy.tell('repair_answered', showRepairProgress(step.pass) && !reading.stopWanted ? 1 : 0);
    else if (step.kind === 'note') await photopsy.tell('repair_answered', await noteRepair() ? 1 : 0);
    else if (step.kind === 'reset') await photopsy.tell('repair_answered', await askForReset() ? 1 : 0);
    else return;
  }
}

function showRepairProgress(number) {
  const { steps } = repair.restoration || repair.plan, times = steps.map(step => Math.max(step.typical_ms, 100)), whole = times.reduce((sum, time) => sum + time, 0);
  const done = times.slice(0, number).reduce((sum, time) => sum + time, 0), words = 'Step ' + (number + 1) + ' of ' + steps.length;
  showProgress('Repairing: ' + words, asSentence(steps[number].reason) + '. Leave the device plugged in. Stop ends it between two steps.', done / whole);
  announce(words + '.');
  return true;
}

async function noteRepair() {
  const text = await photopsy.text('repair_journal');
  if (repair.restoration) return keepJournal({ ...repair.kept, restoration: text });
  const files = [...new Set(repair.plan.files.map(file => file.from).filter(Boolean))];
  return keepJournal({ text, when: repair.kept ? repair.kept.when : new Date().toISOString(), files, steps: repair.plan.steps.length });
}

/// True when the person says that it is done.
function askForReset() {
  showProgress('Now tap RESET with the button held', 'Hold SETUP, tap RESET, and hold SETUP until the light blinks yellow. Do not let the device start normally. Then press "It blinks yellow".');
  announce('Tap RESET with SETUP held, then press: It blinks yellow.');
  show('reset-done', true);
  byId('reset-done').focus();
  return new Promise(resolve => {
    const answer = done => { show('reset-done', false); byId('reset-done').onclick = null; clearInterval(watch); resolve(done); };
    byId('reset-done').onclick = () => answer(true);
    const watch = setInterval(() => { if (reading.stopWanted) answer(false); }, 200);
  });
}

async function repairEnded(who) {
  const [[how, sentence]] = await photopsy.table('repair_end');
  repair.ready = true;
  if (how !== 'done') return tellTrouble('The repair ended before its end.', asSentence(sentence) + '.');
  const before = session.captured;
  await read(reading.device, who);
  if (session.captured === before) return;
  const wrong = (await photopsy.text('repair_compare')).trim(), restoration = JSON.parse(await photopsy.text('repair_plan_restoration'));
  repair.restoration = restoration.steps.length ? restoration : null;
  if (!repair.restoration) await forgetJournal();
  repair.running = false;
  showRepaired(wrong);
  if (repair.restoration) return;
  await offerRepair(false);
  if (repair.publicHalf) show('step-repair', false);
  tellFirst(false, session.reports[0]);
}

const startedMeanwhile = 'The bootloader put another one there when the device started before the repair was done. The backup holds the one from before.';

function showRepaired(wrong) {
  byId('repaired-title').textContent = repair.restoration ? 'Written, but the device has started meanwhile' : wrong ? 'Written, but not as promised' : 'Repaired: the device holds what the plan makes.';
  byId('repaired-says').textContent = repair.restoration ? wrong + ' ' + startedMeanwhile
    : wrong || (repair.publicHalf ? 'The cloud does not know the new key yet: tell it first, as said below. Then tap' : 'Tap')
      + ' RESET: the light should breathe cyan after a while. If it does not, look at the light again above, and read the device once more. Keep ' + backupName + '.';
  show('put-back', repair.restoration !== null);
  show('tell-cloud', repair.publicHalf !== '' && !repair.restoration);
  show('repaired', true);
  announce(byId('repaired-title').textContent);
}

// --- gone on with, after the page was closed, the power failed, or the person stopped ---

async function showKept() {
  repair.kept = await keptJournal() || null;
  show('step-kept', repair.kept !== null && !repair.restoration && 'usb' in navigator);
  if (!repair.kept) return;
  const { when, files } = repair.kept;
  byId('kept-says').textContent = 'A repair was begun here on ' + when.slice(0, 16).replace('T', ' at ') + ' (UTC) and is not finished. Put that device into DFU mode, and let it not start normally before.';
  byId('kept-wants').textContent = 'Choose ' + backupName + (files.length ? ', and the files that were given for it: ' + files.join(', ') : '') + '.';
  show('kept-choose', !repair.ready);
  byId('kept-go').disabled = !repair.ready;
}

async function takeKeptFiles(list) {
  const others = [];
  for (const file of list) {
    await photopsy.giving('repair_open_backup', new Uint8Array(await file.arrayBuffer())).catch(() => others.push(file));
  }
  for (const file of others) await photopsy.giving('repair_take_file', new Uint8Array(await file.arrayBuffer()), file.name);
  repair.plan = JSON.parse(await photopsy.text('repair_make_again'));
  repair.publicHalf = await photopsy.text('repair_public_half').catch(() => '');
  Object.assign(repair, { ready: true, restoration: null });
  Object.assign(session, { judges: false, captured: null });
  show('step-result', false);
  show('step-repair', false);
  await showKept();
  byId('kept-wants').textContent = 'The backup is there, and fits. Press "Go on" when the light blinks yellow.';
  announce(byId('kept-wants').textContent);
}

function takesFiles(id, what) {
  byId(id).addEventListener('change', event => { const list = [...event.target.files]; event.target.value = ''; doing(() => what(list)); });
}

function setUpRepair() {
  takesFiles('repair-files', takeRepairFiles);
  takesFiles('repair-back', proveBackup);
  takesFiles('kept-files', takeKeptFiles);
  const can = 'usb' in navigator;
  press('repair-save', () => doing(saveBackup));
  press('repair-hash-check', () => doing(proveByHash));
  press('repair-key', () => doing(makeRepairKey));
  press('repair-write', () => doing(writeRepair));
  press('put-back', () => doing(putBack));
  press('save-public', () => save('new-key.pub.pem', new TextEncoder().encode(repair.publicHalf), 'application/x-pem-file'));
  press('kept-go', () => doing(goOnWithRepair));
  press('kept-forget', () => doing(async () => { await forgetJournal(); Object.assign(repair, { ready: false }); await showKept(); }));
  if (can) showKept();
}

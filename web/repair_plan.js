// What a repair of the judged device would be: the plan in words, what it needs (files, a key, the owner's word), and what it leaves alone.
'use strict';

/// `plan` is what is shown; `ready`: the module holds the plan that the kept journal belongs to; `restoration`: what is to be put back behind it, else null;
/// `publicHalf`: of a new key that the plan writes, PEM, else "".
const repair = { plan: null, backup: null, proved: false, consents: new Set(), kept: null, ready: false, running: false, restoration: null, publicHalf: '' };

const backupName = 'photopsy-repair.zip';
const causeTitle = id => { const cause = session.reports[0] && session.reports[0].causes.find(one => one.id === id); return cause ? cause.title : id; };

/// The core speaks to a terminal: what is typed there is pressed here.
const pressedHere = [
  [/ Make one \(photopsy keys new[^)]*\), give it with --key and say --consent new-key\./, ' This page can make a new one.'],
  [/: say --consent .*$/, ', and needs your word.'],
  [/; if it is yours, say --consent .*$/, ', and needs your word.'],
  [/ with --(key|firmware)/g, ''],
  [/ \(photopsy keys new[^)]*\)/, ''],
  ['photopsy repair resume', 'press "Go on" at the top of this page'],
];
const inThisPage = words => pressedHere.reduce((text, [typed, pressed]) => text.replace(typed, pressed), words);

function addItem(list, strong, ...more) {
  const line = document.createElement('li');
  if (strong) line.append(Object.assign(document.createElement('strong'), { textContent: strong }));
  for (const words of more.filter(Boolean)) line.append(Object.assign(document.createElement('span'), { className: 'line', textContent: words }));
  byId(list).append(line);
  return line;
}

// --- the plan ---

/// Its bootloader is no released file, and the word for it was not said.
const isAdviceOnly = plan => plan.consents.some(consent => !consent.given && consent.word.startsWith('unknown-bootloader='));

async function offerRepair(many) {
  if (repair.running) return;
  show('step-repair', false);
  Object.assign(repair, { plan: null, ready: false, restoration: null });
  repair.consents.clear();
  await photopsy.tell('repair_forget');
  if (!many) await planRepair();
}

async function planRepair() {
  await photopsy.bytes('repair_consent', [...repair.consents].join('\n'));
  repair.plan = JSON.parse(await photopsy.text('repair_plan'));
  Object.assign(repair, { backup: null, proved: false });
  showRepair(await photopsy.table('repair_steps'), await photopsy.table('repair_missing'));
}

function showRepair(steps, missing) {
  const { plan } = repair, writes = plan.steps.length > 0, advice = isAdviceOnly(plan), lacks = what => plan.cannot.some(left => left.why.includes(what));
  show('step-repair', writes || missing.length > 0 || plan.consents.length > 0 || lacks('photopsy keys new') || lacks('--firmware'));
  for (const list of ['repair-cures', 'repair-left', 'repair-missing', 'repair-steps', 'repair-consents']) byId(list).replaceChildren();
  byId('repair-says').textContent = advice
    ? 'What would be written stands below. The bootloader of this device is no released file, so nothing is written without your word.'
    : writes
    ? 'This page can write what is wrong, ' + (steps.length === 1 ? 'in one step' : 'in ' + steps.length + ' steps') + '. The bootloader is never touched, so the device can always be brought back into DFU mode.'
    : 'As it is, nothing can be written that would help. What would change that:';
  for (const id of plan.cures) addItem('repair-cures', causeTitle(id));
  show('repair-cured', plan.cures.length > 0);
  for (const left of [...plan.leaves, ...plan.cannot]) addItem('repair-left', causeTitle(left.cause), inThisPage(left.why), left.instead && 'What helps: ' + left.instead);
  show('repair-left-box', plan.leaves.length + plan.cannot.length > 0);
  for (const [name, source, hash] of missing) addItem('repair-missing', name, source, hash && 'SHA-256 ' + hash);
  show('repair-missing-box', missing.length > 0);
  for (const word of new Set(plan.consents.map(consent => consent.word))) showConsent(word, plan.consents.filter(consent => consent.word === word));
  show('repair-consents-box', plan.consents.length > 0);
  show('repair-key-row', lacks('photopsy keys new'));
  steps.forEach((step, number) => showRepairStep(step, plan.steps[number]));
  show('repair-steps-box', writes);
  const rest = plan.expect.causes.map(causeTitle).join(', ');
  byId('repair-expect').textContent = 'Afterwards: ' + (outcomeWords[plan.expect.outcome] || [plan.expect.outcome])[0] + (rest ? '. What then remains: ' + rest + '.' : '.');
  show('repair-connect', writes && !session.captured);
  show('repair-do', writes && !advice && session.captured !== null);
  showProof('');
}

function showRepairStep([words, time], step) {
  const places = (step.sources || []).map(source => source.place).filter(Boolean), failure = step.if_power_fails;
  const reason = asSentence(step.reason) + (places.length ? '; from ' + places.join(', ') : '') + '.';
  addItem('repair-steps', asSentence(words) + ', ' + time, inThisPage(reason), failure.boot && 'If the power fails here: ' + failure.explain + ' ' + inThisPage(failure.way_back));
}

/// One box for a word; `losses`: all that is lost by saying it.
function showConsent(word, losses) {
  const label = document.createElement('label'), box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: repair.consents.has(word) });
  box.addEventListener('change', () => {
    if (box.checked) repair.consents.add(word); else repair.consents.delete(word);
    doing(planRepair).then(() => { const next = [...document.querySelectorAll('#repair-consents input')].find(each => each.dataset.word === word); if (next) next.focus({ preventScroll: true }); });
  });
  box.dataset.word = word;
  label.append(box, ' I agree: ' + losses.map(consent => consent.loses).join(' '));
  addItem('repair-consents').append(label);
}

/// It goes into the backup, and so is kept before it is written.
async function makeRepairKey() {
  await photopsy.text('repair_make_key');
  await planRepair();
  byId('repair-files-say').textContent = 'A new private key was made. It goes into the backup.';
  announce(byId('repair-files-say').textContent);
}

async function takeRepairFiles(list) {
  const told = [];
  for (const file of list) {
    const found = await photopsy.table('repair_take_file', new Uint8Array(await file.arrayBuffer()), file.name);
    told.push(file.name + ': ' + (found.length > 5 ? found.length + ' modules' : found.map(cells => cells.filter(Boolean).join(', ')).join('; ')));
  }
  await planRepair();
  byId('repair-files-say').textContent = told.join('. ');
  announce(byId('repair-files-say').textContent);
}

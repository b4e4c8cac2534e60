// The way through the page: a light, a device or a file, the verdict. What each part does stands in its own file; this one joins them.
'use strict';

const byId = id => document.getElementById(id);
const show = (id, visible) => { byId(id).hidden = !visible; };
const press = (id, what) => byId(id).addEventListener('click', what);
/// What stands packed in the page; its text is gone from there afterwards.
function unpackedFrom(id, as) {
  const { textContent: packed, dataset } = byId(id);
  byId(id).remove();
  return unpackedBy(byId('unpack-source').textContent, { unpacker: byId('unpacker').textContent, packed, size: Number(dataset.size), as });
}
const photopsy = new PhotopsyModule(byId('worker-source').textContent, unpackedFrom('module-packed', 'module'));
byId('worker-source').remove();
const system = systemOf((navigator.userAgentData && navigator.userAgentData.platform) || navigator.platform || navigator.userAgent);
const systemNumber = { Linux: 0, Android: 0, Windows: 1, macOS: 2 }[system];

/// What the page knows; gone on reload. The bytes of files and devices are the module's alone.
const session = { light: '', judges: false, reports: [], captured: null, busy: false };

const asSentence = words => words.charAt(0).toUpperCase() + words.slice(1);

/// Said to a screen reader, and nowhere else.
function announce(words) { byId('news').textContent = words; }

function tellTrouble(title, remedy = '') {
  byId('trouble-title').textContent = title;
  byId('trouble-remedy').textContent = remedy;
  const caused = document.activeElement && document.activeElement.closest('#step-kept, .way'); // it stands where it was caused
  if (caused) caused.append(byId('trouble')); else byId('step-source').after(byId('trouble'));
  show('trouble', true);
  byId('trouble').scrollIntoView({ block: 'nearest' });
}
function clearTrouble() { show('trouble', false); }

/// What would begin something else shows, to a screen reader too, that it does nothing now.
function setBusy(busy) {
  session.busy = busy;
  if (busy) document.documentElement.dataset.busy = 'yes'; else delete document.documentElement.dataset.busy;
  for (const begins of document.querySelectorAll('#connect, #again, #kept-go, label[for=files]'))
    if (busy) begins.setAttribute('aria-disabled', 'true'); else begins.removeAttribute('aria-disabled');
}

/// One thing at a time: what a button starts ends with a sentence or a result, never with silence.
async function doing(what) {
  if (session.busy) return;
  setBusy(true);
  clearTrouble();
  try {
    await what();
  } catch (error) {
    tellTrouble(error instanceof ModuleError ? error.message : 'That did not work: ' + ((error && error.message) || error));
  } finally {
    setBusy(false);
  }
}

// --- the light ---

/// Where something was judged already, it is judged again.
async function takeLight(light, says) {
  try {
    await photopsy.bytes('set_light', light);
  } catch (error) {
    byId('light-says').textContent = error.message;
    return;
  }
  session.light = light;
  byId('light-says').textContent = says || (light ? 'Taken: ' + light + '.' : 'Good: it goes on without.');
  if (session.judges) await doing(judge);
}
function setUpLights() {
  lights.forEach((light, number) => byId('lights').append(lightChoice(light, number)));
  byId('lights').addEventListener('change', event => {
    const light = lights[Number(event.target.value)];
    takeLight(light.light, light.says || 'Taken: ' + light.words.toLowerCase() + '.');
  });
  const clear = () => document.querySelectorAll('input[name=light]').forEach(choice => { choice.checked = false; });
  const own = () => { clear(); takeLight(byId('light-words').value.trim()); };
  press('light-set', own);
  byId('light-words').addEventListener('keydown', event => { if (event.key === 'Enter') own(); });
  press('light-skip', () => { clear(); takeLight(''); byId('source-title').scrollIntoView(); });
}

// --- files ---

async function takeFiles(list) {
  for (const file of list) if (file.size > 64 * 1024 * 1024) throw new ModuleError(file.name + ' is too large for a dump (more than 64 MiB).');
  if (!list.length) return;
  showProgress('Looking at it', '');
  await photopsy.tell('forget');
  Object.assign(session, { captured: null, judges: true });
  show('step-result', false); // the verdict on another file, if these turn out to be no dump
  repair.ready = false;
  for (const file of list) await photopsy.giving('take_file', new Uint8Array(await file.arrayBuffer()), file.name);
  await judge().catch(error => { if (!error.refused) throw error; tellTrouble(error.message.trim(), 'Choose the dump as it was read, or connect the device and let this page read it.'); });
}
function setUpFiles() {
  byId('files').addEventListener('change', event => { const list = [...event.target.files]; event.target.value = ''; doing(() => takeFiles(list)); });
  addEventListener('dragover', event => { event.preventDefault(); document.body.classList.add('dropping'); });
  addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('dropping'); });
  addEventListener('drop', event => { event.preventDefault(); document.body.classList.remove('dropping'); const list = [...event.dataTransfer.files]; doing(() => takeFiles(list)); });
  addEventListener('paste', event => { const list = [...event.clipboardData.files]; if (list.length) doing(() => takeFiles(list)); });
}

// --- the verdict ---

async function judge() {
  showProgress('Looking at it', '');
  await photopsy.bytes('set_light', session.light);
  const failures = await photopsy.text('judge').finally(() => show('step-progress', false));
  await showResult(failures);
}

/// What the program does by a command, and this page by itself.
const isRepair = remedy => remedy.commands.some(command => command.startsWith('photopsy repair'));

/// The plan of the report: its steps in their order, the first ones with their reasons. How each is done stands in the report.
function showPlan(report) {
  const list = byId('plan');
  list.replaceChildren();
  (report.plan || []).forEach((step, number) => {
    const cause = report.causes.find(each => each.id === step.cause), remedy = cause && cause.remedies[step.remedy];
    const line = document.createElement('li');
    line.append(Object.assign(document.createElement('strong'), { textContent: step.title }));
    if (remedy && number < 2 && !isRepair(remedy)) line.append('. ' + remedy.explain);
    else if (remedy && isRepair(remedy) && !byId('step-repair').hidden) line.append('. This page can do it: "Repair it from here", below.');
    list.append(line);
  });
  if (report.afterwards && list.children.length) {
    const line = document.createElement('li');
    line.append(Object.assign(document.createElement('strong'), { textContent: report.afterwards.title }), '. ' + report.afterwards.explain.replace(/ If it does not.*$/s, ' If it does not, read the device here once more.'));
    list.append(line);
  }
  show('plan', list.children.length > 0);
  if (list.children.length) return 'How each step is done stands in the report below.';
  if (report.verdict.outcome === 'healthy') return 'Nothing in the flash needs mending. What a dump cannot tell stands at the end of the report: the key that the cloud has on record, Wi-Fi, firewall, power.';
  return 'The report below says what was found.';
}

async function showResult(failures) {
  const text = await photopsy.text('report', 'json');
  session.reports = [].concat(JSON.parse(text));
  const one = session.reports[0], many = session.reports.length > 1;
  const [title, tone] = outcomeWords[one.verdict.outcome] || ['Read', 'warn'];
  byId('verdict').textContent = many ? session.reports.length + ' dumps' : title;
  byId('headline').textContent = many ? 'What each shows, and what they have in common, stands in the report.' : one.verdict.headline + (one.verdict.confidence === 'certain' ? '' : ' (' + one.verdict.confidence + ')');
  byId('led-says').textContent = (!many && one.verdict.led_remark) || '';
  show('led-says', byId('led-says').textContent !== '');
  byId('verdict-box').className = 'verdict ' + (many ? 'warn' : tone);
  byId('failures').textContent = failures.trim();
  show('failures', failures.trim() !== '');
  byId('saved').textContent = '';
  show('copy-text', false);
  show('repaired', false);
  if (!repair.running) { show('step-repair', false); show('first', true); }
  tellFirst(many, one);
  show('step-result', true);
  announce(byId('verdict').textContent + '. ' + byId('headline').textContent);
  byId('verdict').focus({ preventScroll: true });
  byId('verdict-box').scrollIntoView({ block: 'start' });
  showReport(await photopsy.text('report', 'html'));
  await offerSaves(many);
  await offerRepair(many);
  tellFirst(many, one);
}

function tellFirst(many, one) {
  byId('first-step').textContent = many ? 'Begin with the dump whose verdict is the worst.' : showPlan(one);
  if (many) show('plan', false);
}

function setUpPage() {
  setUpLights();
  setUpFiles();
  setUpDevice();
  setUpSaves();
  setUpReport();
  setUpRepair();
  press('again', () => { Object.assign(session, { judges: false, captured: null }); show('step-result', false); byId('step-source').scrollIntoView(); byId('source-title').tabIndex = -1; byId('source-title').focus(); });
  press('prove', event => { const open = byId('proof').hidden; show('proof', open); event.currentTarget.setAttribute('aria-expanded', String(open)); });
  press('about-open', event => { const open = byId('about').hidden; show('about', open); event.currentTarget.setAttribute('aria-expanded', String(open)); if (open) showNotices(); });
  photopsy.ready.then(() => { document.documentElement.dataset.ready = 'yes'; }, error => tellTrouble(error.message));
}
setUpPage();

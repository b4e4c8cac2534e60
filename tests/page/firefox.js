// The page in Firefox, by WebDriver BiDi: it has no WebUSB, which is said kindly, and everything about files works.
//   NODE_PATH=.../node_modules node firefox.js PAGE.html JOBS.json
const fs = require('fs'), os = require('os'), path = require('path'), { spawn } = require('child_process');
const { ws: WebSocket } = require('playwright-core/lib/utilsBundle');
const [file, jobsFile] = process.argv.slice(2);
const jobs = JSON.parse(fs.readFileSync(jobsFile, 'utf8'));
let failures = 0, checks = 0;
function check(truth, what) { ++checks; if (!truth) { ++failures; console.log('FAILED: ' + what); } }

/// A browser of its own profile; the address of its remote end stands in what it says.
function start(profile) {
  const browser = spawn(process.env.FIREFOX || 'firefox-esr', ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => { browser.kill(); reject(new Error('Firefox did not start within two minutes')); }, 120000);
    browser.stderr.on('data', words => {
      const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(String(words));
      if (found) { clearTimeout(late); resolve([browser, found[1] + '/session']); }
    });
  });
}

async function connect(address, onEvent) {
  const socket = new WebSocket(address), waiting = new Map();
  await new Promise((resolve, reject) => { socket.on('open', resolve); socket.on('error', reject); });
  let last = 0;
  socket.on('message', text => {
    const message = JSON.parse(text), waits = waiting.get(message.id);
    if (message.type === 'event') return onEvent(message);
    waiting.delete(message.id);
    if (message.type === 'error') waits.reject(new Error(message.error + ': ' + message.message)); else waits.resolve(message.result);
  });
  return (method, params) => new Promise((resolve, reject) => { waiting.set(++last, { resolve, reject }); socket.send(JSON.stringify({ id: last, method, params })); });
}

(async () => {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'firefox-')), wrong = [], url = 'file://' + path.resolve(file);
  const [browser, remote] = await start(profile);
  const send = await connect(remote, event => {
    if (event.method === 'log.entryAdded' && event.params.level === 'error') wrong.push('console: ' + event.params.text);
    if (event.method === 'network.beforeRequestSent' && !/^(file|blob|data|about|moz|resource|chrome)/.test(event.params.request.url)) wrong.push('request: ' + event.params.request.url);
  });
  await send('session.new', { capabilities: {} });
  const { contexts } = await send('browsingContext.getTree', {}), context = contexts[0].context;
  await send('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent'], contexts: [context] });
  await send('browsingContext.navigate', { context, url, wait: 'complete' });
  const evaluate = async expression => (await send('script.evaluate', { expression, target: { context }, awaitPromise: true })).result;
  const until = async (expression, what) => {
    for (let tries = 0; tries < 600; ++tries) {
      if ((await evaluate(expression)).value === true) return;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error('waited in vain for ' + what);
  };
  await until('document.documentElement.dataset.ready === "yes"', 'the module');
  check((await evaluate('byId("way-usb").hidden && !byId("way-none").hidden && byId("way-none").innerText.includes("Chrome")')).value === true, 'a browser without WebUSB is told what to do');
  for (const job of jobs) {
    await evaluate('show("step-result", false)');
    const input = await evaluate('byId("files")');
    await send('input.setFiles', { context, element: { sharedId: input.sharedId }, files: job.files });
    await until('!session.busy && (!byId("step-result").hidden || !byId("trouble").hidden)', 'a verdict');
    for (const format of ['json', 'markdown', 'html']) {
      const told = (await evaluate(`photopsy.text("report", "${format}")`)).value;
      check(told === fs.readFileSync(job.expected[format], 'utf8'), `${path.basename(path.dirname(job.files[0]))}: ${format} is not the program's`);
    }
  }
  await until('byId("report").offsetHeight > 1500', 'the report in its frame');
  await evaluate('byId("copy").click()');
  await until('byId("saved").textContent !== ""', 'a word about the copy');
  check(wrong.length === 0, 'complaints: ' + wrong[0]);
  browser.kill();
  fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  console.log(`Firefox: ${checks} checks, ${failures} failures`);
  process.exit(failures ? 1 : 0);
})().catch(error => { console.log(String(error)); process.exit(1); });

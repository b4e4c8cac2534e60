// The module behind its worker: every call is a promise. Nothing of a dump is kept anywhere else.
'use strict';

/// `refused`: the module works, and said no by a sentence of its own.
class ModuleError extends Error {}

/// What a person is told when the module itself cannot go on.
function moduleSentence(what) {
  if (/memory/i.test(what)) return 'The browser gave no more memory. Close other tabs, reload this page, and try again.';
  if (/damaged/.test(what)) return 'This copy of the page is damaged: download it again.';
  if (/WebAssembly|CompileError/i.test(what)) return 'This browser is too old for this page. Chrome, Edge, Firefox and Safari of the last three years can show it.';
  return 'The analysis stopped unexpectedly (' + what.slice(0, 200) + '). Reload this page; if it happens again with the same file, please tell the people who made it.';
}

function startWorker(source) {
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  return worker;
}

/// What stands packed in the page, by a worker that is gone afterwards. `job`: see web/unpack.js.
function unpackedBy(source, job) {
  const worker = startWorker(source);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { result, error } }) => (error === undefined ? resolve(result) : reject(new ModuleError(moduleSentence(error))));
    worker.onerror = event => reject(new ModuleError(moduleSentence(event.message || 'the worker did not start')));
    worker.postMessage(job);
  }).finally(() => worker.terminate());
}

class PhotopsyModule {
  /// `module`: a promise of the compiled module.
  constructor(source, module) {
    this.waiting = new Map();
    this.last = 0;
    this.worker = startWorker(source);
    this.worker.onmessage = event => this.arrived(event.data);
    this.worker.onerror = event => this.broken(event.message || 'the worker did not start');
    this.ready = module.then(compiled => this.send('begin', 'nothing', [compiled]));
  }
  arrived({ id, result, error }) {
    const waits = this.waiting.get(id);
    this.waiting.delete(id);
    if (!waits) return;
    if (error === undefined) waits.resolve(result);
    else waits.reject(new ModuleError(moduleSentence(error)));
  }
  broken(what) {
    for (const waits of this.waiting.values()) waits.reject(new ModuleError(moduleSentence(what)));
    this.waiting.clear();
  }
  /// `lent` buffers are the worker's from then on, and empty here.
  send(name, gives, given, lent = []) {
    return new Promise((resolve, reject) => {
      this.waiting.set(++this.last, { resolve, reject });
      this.worker.postMessage({ id: this.last, name, gives, given }, lent);
    });
  }
  /// Calls page_NAME(); the bytes of the answer, or a ModuleError with the module's own sentence.
  bytes(name, ...given) { return this.asked(name, given, []); }
  /// The same, where what is given is not needed here any more: bytes that are a buffer of their own.
  giving(name, ...given) { return this.asked(name, given, given.filter(one => one instanceof Uint8Array).map(bytes => bytes.buffer)); }
  async asked(name, given, lent) {
    await this.ready;
    const { ok, bytes } = await this.send(name, 'answer', given, lent);
    if (!ok) throw Object.assign(new ModuleError(new TextDecoder().decode(bytes)), { refused: true });
    return bytes;
  }
  async text(name, ...given) { return new TextDecoder().decode(await this.bytes(name, ...given)); }
  /// Lines of cells.
  async table(name, ...given) { return (await this.text(name, ...given)).split('\n').filter(Boolean).map(line => line.split('\t')); }
  async step(name = 'capture_step') { await this.ready; return this.send(name, 'step', []); }
  async tell(name, ...given) { await this.ready; return this.send(name, 'nothing', given); }
  async held() { await this.ready; return this.send('held', 'number', []); }
  async number(name, ...given) { await this.ready; return this.send(name, 'number', given); }
}

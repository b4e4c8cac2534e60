// The worker that holds the module: one message a call, so that no long task ever blocks the page. What it may call is src/page/page.h.
'use strict';
let photopsy = null;

/// `module` is compiled already (web/unpack.js).
async function begin(module) {
  const instantiateWasm = (imports, ready) => { WebAssembly.instantiate(module, imports).then(instance => ready(instance, module), failed); return {}; };
  let failed = () => undefined;
  photopsy = await new Promise((resolve, reject) => { failed = reject; createPhotopsy({ instantiateWasm }).then(resolve, reject); });
  return true;
}
/// What the module holds of the browser's memory, in bytes. It never gives any back.
const held = () => photopsy.HEAPU8.length;

/// The bytes of an answer are handed over, not copied.
const handedOver = result => [result, result && result.bytes, result && result.payload].filter(one => one instanceof Uint8Array && one.byteOffset === 0).map(bytes => bytes.buffer);

/// Texts and bytes are lent to the module for one call.
function lend(argument, lent) {
  if (typeof argument === 'number') return [argument];
  const isText = typeof argument === 'string';
  const bytes = isText ? new TextEncoder().encode(argument + '\0') : argument;
  const at = photopsy._malloc(bytes.length || 1);
  if (at === 0) throw new Error('out of memory');
  photopsy.HEAPU8.set(bytes, at);
  lent.push(at);
  return isText ? [at] : [at, bytes.length];
}

function answer() {
  const at = photopsy._page_answer();
  return photopsy.HEAPU8.slice(at, at + photopsy._page_answer_size());
}

/// What the module wants done next, by the names that src/page/page.h gives the numbers.
function step(at) {
  if (at === 0) return null;
  const heap = photopsy.HEAPU8;
  const numbers = new DataView(heap.buffer, at, 64);
  const number = index => numbers.getUint32(index * 4, true);
  return {
    kind: ['transfer', 'select', 'reconnect', 'finished', 'failed', 'stopped', 'proceed', 'note', 'reset', 'ended'][number(0)], wait: number(1),
    requestType: number(2), request: number(3), value: number(4), index: number(5), length: number(6),
    payload: heap.slice(number(8), number(8) + number(7)), trouble: number(9), address: number(10), arrived: number(11), expected: number(12),
    pass: number(13), readingAgain: number(14) === 1, patience: number(15),
  };
}

/// `gives`: "number", "step", "nothing"; else the call can fail, and gives {ok, bytes}.
function call(name, gives, given) {
  const lent = [];
  try {
    const result = photopsy['_page_' + name](...given.flatMap(argument => lend(argument, lent)));
    if (gives === 'step') return step(result);
    if (gives === 'number') return result >>> 0;
    if (gives === 'nothing') return null;
    return { ok: result === 1, bytes: answer() };
  } finally {
    for (const at of lent) photopsy._free(at);
  }
}

onmessage = async event => {
  const { id, name, gives, given } = event.data;
  try {
    const result = name === 'begin' ? await begin(...given) : name === 'held' ? held() : call(name, gives, given);
    postMessage({ id, result }, handedOver(result));
  } catch (error) {
    postMessage({ id, error: String((error && error.message) || error) });
  }
};

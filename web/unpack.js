// A worker that unpacks one thing and then ends, so that all that it needed for it (as much memory again as the page itself) is given back at once.
'use strict';

function fromBase64(text) {
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; ++at) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

/// By a small module that asks nothing of the page but to know that its memory grew. The bytes lie in its memory.
async function unpacked(unpacker, packed, size) {
  const { instance: { exports } } = await WebAssembly.instantiate(unpacker, { env: { emscripten_notify_memory_growth() {} }, wasi_snapshot_preview1: { fd_close: () => 8, fd_write: () => 8, fd_seek: () => 8 } });
  exports._initialize();
  const from = exports.malloc(packed.length), to = exports.malloc(size);
  if (from === 0 || to === 0) throw new Error('out of memory');
  new Uint8Array(exports.memory.buffer).set(packed, from);
  if (exports.unpack(from, packed.length, to, size) !== size) throw new Error('this copy of the page is damaged');
  return new Uint8Array(exports.memory.buffer, to, size);
}

/// `as`: "module" gives it compiled, which all workers of the page can share; "bytes" a copy.
onmessage = async ({ data: { unpacker, packed, size, as } }) => {
  try {
    const bytes = await unpacked(fromBase64(unpacker), fromBase64(packed), size);
    postMessage({ result: as === 'module' ? await WebAssembly.compile(bytes) : bytes.slice() });
  } catch (error) {
    postMessage({ error: String((error && error.message) || error) });
  }
};

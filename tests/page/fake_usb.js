// A navigator.usb in front of the emulated device (tests/page/device, as WebAssembly). Added to a page before its own scripts run; then
// window.emulate(flash, wishes) plugs a device in. Errors have the names that browsers give them. An object of a device that went away stays dead: the device that
// comes back is another object, and one whose permission was lost (`asksAgain`) is only in the list of a chooser.
window.fromBase64 = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
window.emulate = async (flash, wishes = {}) => {
  if (wishes.swaps) wishes.returnsWith = bytes => bytes.map((byte, at) => (at >= 0x60000 ? byte ^ 0x01 : byte)); // another device without a serial number of its own
  const module = await createDevice();
  const lend = bytes => { const at = module._malloc(bytes.length || 1); module.HEAPU8.set(bytes, at); return at; };
  const kind = wishes.kind || 0;
  module._device_become(kind);
  if (kind < 2) module._device_generation(wishes.generation === undefined ? 3 : wishes.generation);
  if (wishes.garbage) module._device_garbage();
  module._device_flash(lend(flash), flash.length);
  if (wishes.generation === 'of flash' && kind !== 2) module._device_generation_of_flash();
  if (wishes.second) module._device_second_flash(lend(wishes.second), wishes.second.length);
  if (wishes.wasStarted) module._device_protect();
  for (const offset of wishes.isProtected || []) module._device_protect_sector(offset);
  if (wishes.starts) module._device_start();
  if (wishes.cutFlash !== undefined) module[wishes.inSecond ? '_device_cut_second' : '_device_cut_flash'](wishes.cutFlash, wishes.cutShare || 0);
  if (wishes.cutRequest !== undefined) module._device_cut_request(wishes.cutRequest);
  for (const [kind, at, count, detail, atAnyRequest] of wishes.faults || []) module._device_fault(kind, at, count, detail, atAnyRequest ? 1 : 0);
  const stage = module._device_stage(), types = { standard: 0, class: 1, vendor: 2 }, recipients = { device: 0, interface: 1, endpoint: 2, other: 3 };
  const failure = (name, words) => new DOMException(words, name);
  let present = true, permitted = true, plugged = 0, transfers = 0, lastWrite = 0, choices = 0, current = null;

  /// The power fails in the flash by an exception.
  const carriedOut = (...request) => { try { return module._device_control(...request); } catch { module._device_goes_dark(); return -19; } };
  const leaves = () => { current.opened = false; current.dead = true; current = null; };
  const control = async (device, incoming, setup, length) => {
    if (device.dead || !device.opened) throw failure(device.dead ? 'NotFoundError' : 'InvalidStateError', 'The device must be opened first.');
    if (wishes.delay) await new Promise(resolve => setTimeout(resolve, wishes.delay));
    const freeze = () => { window.emulated.frozen = true; return new Promise(() => {}); }; // the page hears nothing more of it
    if (window.emulated.frozen || transfers++ === wishes.freezeAt) return freeze();
    if (!incoming && setup.requestType === 'class' && setup.request === 1 && (setup.value > 1 || length > 5)) lastWrite = transfers;
    const result = carriedOut((incoming ? 0x80 : 0) | types[setup.requestType] << 5 | recipients[setup.recipient], setup.request, setup.value, setup.index, length);
    if (wishes.freezeInDark && !module._device_has_power()) return freeze();
    if (result === -32) return { status: 'stall' };
    if (result === -110) return new Promise(() => {});
    if (result === -19) { present = false; permitted = !wishes.asksAgain; leaves(); throw failure('NotFoundError', 'The device was disconnected.'); }
    if (result < 0) throw failure('NetworkError', 'A transfer error has occurred.');
    return result;
  };
  const bcd = module._device_bcd(), serial = wishes.serial || module.UTF8ToString(module._device_serial());
  const alternates = Array.from({ length: module._device_last_alternate() + 1 }, (_, alternateSetting) => ({ alternateSetting, interfaceClass: 0xFE,
    interfaceName: wishes.map && alternateSetting === 0 ? wishes.map : module.UTF8ToString(module._device_map(alternateSetting)) }));
  const newDevice = serialNumber => {
    const device = {
      vendorId: module._device_vendor(), productId: module._device_product(), serialNumber, opened: false, dead: false,
      deviceVersionMajor: bcd >> 8, deviceVersionMinor: bcd >> 4 & 15, deviceVersionSubminor: bcd & 15,
      configuration: { configurationValue: 1, interfaces: [{ interfaceNumber: 0, alternates }] },
      async open() { if (wishes.refuses) throw failure(wishes.refuses, 'no'); if (!present || device.dead) throw failure('NotFoundError', 'gone'); device.opened = true; },
      async close() { device.opened = false; },
      async selectConfiguration() {}, async claimInterface() {}, async releaseInterface() {},
      async selectAlternateInterface(index, value) { const result = await control(device, false, { requestType: 'standard', recipient: 'interface', request: 11, value, index }, 0); if (typeof result !== 'number') throw failure('NetworkError', 'stalled'); },
      async controlTransferIn(setup, length) {
        const result = await control(device, true, setup, length);
        return typeof result === 'number' ? { status: 'ok', data: new DataView(module.HEAPU8.slice(stage, stage + result).buffer) } : result;
      },
      async controlTransferOut(setup, data) {
        const bytes = data ? new Uint8Array(data.buffer || data, data.byteOffset || 0, data.byteLength) : new Uint8Array();
        module.HEAPU8.set(bytes, stage);
        const result = await control(device, false, setup, bytes.length);
        return typeof result === 'number' ? { status: 'ok', bytesWritten: result } : result;
      },
    };
    return device;
  };
  if (wishes.leftInState) module._device_leave_in_state(wishes.leftInState);
  const otherSerial = '222222222222222222222222';
  const isThere = () => {
    if (!present) {
      present = module._device_has_power() === 1 && module._device_plug_in_again() === 1;
      if (present && wishes.returnsWith) module._device_flash(lend(wishes.returnsWith(flash)), flash.length);
    }
    if (present && !current) current = newDevice(wishes.returnsAsOther && plugged++ > 0 ? otherSerial : serial);
    return present;
  };
  const usb = {
    getDevices: async () => (isThere() && permitted ? [current] : []),
    async requestDevice() {
      if (wishes.denies || !isThere()) throw failure('NotFoundError', 'No device selected.');
      if (!permitted && wishes.choosesOther && choices++ === 0) return newDevice(otherSerial);
      permitted = true;
      return current;
    },
  };
  Object.defineProperty(navigator, 'usb', { value: usb, configurable: true });
  const copy = (at, size) => module.HEAPU8.slice(at, at + size);
  window.emulated = {
    frozen: false, permitted: () => permitted, trespasses: () => module._device_trespasses(), state: () => module._device_state(), transfers: () => transfers, lastWrite: () => lastWrite,
    flash: () => copy(module._device_bytes(), module._device_size()), second: () => copy(module._device_second_bytes(), module._device_second_size()),
    resetIntoDfu: () => { module._device_power_cycle(); permitted = !wishes.asksAgain; leaves(); },
    isProtected: () => Array.from({ length: 8 }, (_, sector) => sector * 0x20000).filter(offset => module._device_is_protected(offset) === 1),
  };
};

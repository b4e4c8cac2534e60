// The browser's USB: carries out what the module asks for, one transfer at a time. It decides nothing about the device.
'use strict';

const requestTypes = ['standard', 'class', 'vendor'], recipients = ['device', 'interface', 'endpoint', 'other'];
const answerOf = { done: 0, stalled: 1, silent: 2, broken: 3, gone: 4 };
// Numbers of src/dfu/trouble.h that the browser itself finds out.
const troubleOf = { none: 0, noDevice: 1, serialMode: 2, unknownProduct: 3, notPermitted: 6, inUse: 7, gone: 12, lineBroken: 15 };
const usualPatience = 3000;

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
/// WebUSB knows no time limit: a transfer that gives no answer is given up here, and may still end later.
const within = (milliseconds, transfer) => Promise.race([transfer, pause(milliseconds).then(() => null)]);

/// Why a device could not be opened, by the names of the browser's errors.
function openTrouble(error) {
  if (error.name === 'SecurityError') return troubleOf.notPermitted;
  if (error.name === 'NetworkError') return troubleOf.inUse;
  return error.name === 'NotFoundError' ? troubleOf.gone : troubleOf.lineBroken;
}

class BrowserDevice {
  constructor(device) { this.device = device; this.interface = 0; }

  async open() {
    await this.device.open();
    if (!this.device.configuration) await this.device.selectConfiguration(1);
    const dfu = this.device.configuration && this.device.configuration.interfaces.find(one => one.alternates.some(setting => setting.interfaceClass === 0xFE));
    this.interface = dfu ? dfu.interfaceNumber : 0;
    await this.device.claimInterface(this.interface);
  }
  async close() { try { await within(1000, this.device.close()); } catch { /* it has gone already */ } }

  /// The configuration descriptor, three times asked for; empty where it is not to be had.
  async configuration() {
    for (let tries = 0; tries < 3; ++tries) {
      try {
        const setup = { requestType: 'standard', recipient: 'device', request: 6, value: 0x0200, index: 0 };
        const answer = await within(1000, this.device.controlTransferIn(setup, 1024));
        if (answer && answer.status === 'ok' && answer.data) return new Uint8Array(answer.data.buffer, answer.data.byteOffset, answer.data.byteLength).slice();
      } catch { /* asked again */ }
    }
    return new Uint8Array();
  }
  /// The memory maps that the alternate settings have for names, a line each.
  maps() {
    const one = this.device.configuration && this.device.configuration.interfaces.find(each => each.interfaceNumber === this.interface);
    return (one ? one.alternates : []).map(setting => setting.alternateSetting + '\t' + (setting.interfaceName || '').replace(/\s/g, ' ') + '\n').join('');
  }
  async carryOut(step) {
    try {
      return await this.transfer(step);
    } catch (error) {
      const gone = error.name === 'NotFoundError' || (error.name === 'InvalidStateError' && !this.device.opened);
      return [gone ? answerOf.gone : answerOf.broken, new Uint8Array()];
    }
  }
  async transfer(step) {
    const nothing = new Uint8Array(), patience = step.patience || usualPatience;
    if (step.kind === 'select') {
      const done = await within(patience, this.device.selectAlternateInterface(step.index, step.value).then(() => true));
      return [done ? answerOf.done : answerOf.silent, nothing];
    }
    const setup = { requestType: requestTypes[step.requestType >> 5 & 3], recipient: recipients[step.requestType & 3], request: step.request, value: step.value, index: step.index };
    const incoming = (step.requestType & 0x80) !== 0;
    const answer = await within(patience, incoming ? this.device.controlTransferIn(setup, step.length) : this.device.controlTransferOut(setup, step.payload));
    if (!answer) return [answerOf.silent, nothing];
    if (answer.status !== 'ok') return [answer.status === 'stall' ? answerOf.stalled : answerOf.broken, nothing];
    const data = answer.data;
    return [answerOf.done, data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : nothing];
  }
  /// The same device again, as soon as the browser shows it: by its serial number where that is its own, else by its kind. Null when time is up.
  async again(isOwnSerial, wanted, milliseconds) {
    await this.close();
    const end = performance.now() + milliseconds, old = this.device;
    const same = one => one.vendorId === old.vendorId && one.productId === old.productId && (!isOwnSerial || one.serialNumber === old.serialNumber);
    while (wanted()) {
      for (const one of (await navigator.usb.getDevices()).filter(same)) {
        const found = new BrowserDevice(one);
        try { await found.open(); return found; } catch { await found.close(); }
      }
      if (performance.now() > end) break;
      await pause(250);
    }
    return null;
  }
}

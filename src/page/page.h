#pragma once
// What the page calls (web/worker.js): bytes in, text and bytes out. Nothing here waits, sends, opens or keeps anything beyond page_forget().
//
// Texts are UTF-8 and end with a zero byte. A function that can fail gives 1 and leaves what was asked for as the answer, or gives 0 and leaves one sentence
// for people. The answer is borrowed until the next call. Where an answer is a table, each line ends with "\n" and its cells are parted by "\t"; no cell holds
// either. Numbers out of range and calls in the wrong order fail with a sentence.
#include <cstdint>

extern "C" {

[[gnu::used]] const std::uint8_t* page_answer();
[[gnu::used]] std::uint32_t page_answer_size();
/// Answer: photopsy's version, "0.1.0".
[[gnu::used]] int page_version();
/// Everything that was taken and found out is gone.
[[gnu::used]] void page_forget();

// --- dumps ---

/// Takes one file of those to be judged together: a dump in any form, the second flash of the device behind it, or the record (NAME.json) of the dump NAME.
/// Fails where it is too large, or too many were taken.
[[gnu::used]] int page_take_file(const std::uint8_t* bytes, std::uint32_t size, const char* name);
/// What the light shows, "3 orange"; "" for unknown.
[[gnu::used]] int page_set_light(const char* text);
/// A public key file (DER or PEM): 0 the one that the cloud holds for the device, 1 the one that the server really has.
[[gnu::used]] int page_set_public_key(std::uint32_t which, const std::uint8_t* bytes, std::uint32_t size, const char* name);
/// Judges what was taken. Answer: a sentence a line about each file that could not be read. Fails where none could.
[[gnu::used]] int page_judge();
/// How many dumps were judged.
[[gnu::used]] std::uint32_t page_judged();
/// Answer: the report on all that were judged, in one of the formats of `photopsy analyze --format`; the same bytes.
[[gnu::used]] int page_report(const char* format);
/// Answer: what differs between the first two that were judged; "text" or "json".
[[gnu::used]] int page_difference(const char* format);

/// Makes the shareable copy of one that was judged. Answer: "" where every finding stands where it stood, else a sentence.
[[gnu::used]] int page_redact(std::uint32_t which);
/// Answer: of the copy that was made last: 0 its bytes, 1 the bytes of its second flash (none: empty), 2 what was changed (JSON).
[[gnu::used]] int page_redacted(std::uint32_t part);
/// Answer: the ZIP file of a support ticket about the first that was judged, the same bytes as `photopsy report` writes.
[[gnu::used]] int page_ticket();

// --- keys; answers with private keys in them are for the owner's disk alone ---

/// Answer: a table of the private keys of the device itself that one that was judged gives back, best first: method, source, public fingerprint, "used now" or
/// "", "named" where the device's own note of its public key names it, else "". Fails where there is none.
[[gnu::used]] int page_find_keys(std::uint32_t which);
/// The same for a key file or slot file alone.
[[gnu::used]] int page_find_keys_in_file(const std::uint8_t* bytes, std::uint32_t size);
/// Answer: secret: the key of this line (from 0) of the table: 0 as DER in the firmware's own form, 1 as the whole slot.
[[gnu::used]] int page_found_key(std::uint32_t line, std::uint32_t form);
/// Answer: secret: a fresh private key, 0 RSA, 1 EC, as a file for the first device that was judged.
[[gnu::used]] int page_make_key(std::uint32_t kind);
/// Answer: the public half of the key that was made last, PEM.
[[gnu::used]] int page_made_public();

// --- a connected device ---

/// Answer: a table of the USB ids that may be asked for: vendor, product (decimal), title, "dfu" or "running".
[[gnu::used]] int page_usb_ids();
/// Who is there, by what USB says. Answer: one line: "dfu", "running" or "foreign", layout or "", title, "id" where its serial number is its own (else ""),
/// "winusb" where Windows needs no Zadig (else ""), bootloader or "".
[[gnu::used]] int page_identify(std::uint32_t vendor, std::uint32_t product, std::uint32_t bcd_device, const char* serial);
/// Begins to read the device that page_identify() told of last. `configuration` is its configuration descriptor (empty: not to be had), `maps` the names of its
/// alternate settings, a line each: number, tab, name; `when` and `system` what the record shall say. Where a capture of the same device was stopped, it goes
/// on. Answer: a line: the number of its DFU interface; of its second flash "always" where its keys lie there, "offered" where it can be read, else "".
[[gnu::used]] int page_capture_begin(const std::uint8_t* configuration, std::uint32_t size, const char* maps, std::uint32_t reads, const char* when,
                                     const char* system);
/// When that has finished: begins to read the second flash.
[[gnu::used]] int page_capture_begin_second();

/// What to do next: numbers for the page.
struct PageStep {
    enum Kind : std::uint32_t {
        Transfer,
        SelectAlternate,
        Reconnect,
        Finished,  ///< of a capture; so are Failed and Stopped
        Failed,
        Stopped,
        Proceed,       ///< of a repair, and what follows; answered with page_repair_answered(): may step `pass` (from 0) begin?
        Note,          ///< was page_repair_journal() kept on a medium that outlasts the page?
        ResetIntoDfu,  ///< did the owner tap RESET with the button held?
        Ended
    };
    std::uint32_t kind;
    std::uint32_t wait_ms;  ///< before it
    std::uint32_t request_type, request, value, index,
        length;                   ///< of a transfer, as the setup stage has them; SelectAlternate: index is the interface, value the setting
    std::uint32_t payload_size;   ///< of a transfer to the device
    const std::uint8_t* payload;  ///< borrowed like the step
    std::uint32_t trouble;        ///< Reconnect, Failed: why (dfu/trouble.h), for page_trouble()
    std::uint32_t address;        ///< being read
    std::uint32_t arrived;        ///< bytes of all reads so far, and how many there will be
    std::uint32_t expected;
    std::uint32_t pass;           ///< 0: the first read; of a repair: the step at work
    std::uint32_t reading_again;  ///< 1: what differed
    std::uint32_t timeout_ms;     ///< of a transfer; 0: as long as the page thinks fit
};
/// Null where no capture was begun. Borrowed until the next call.
[[gnu::used]] const PageStep* page_capture_step();
/// The answer to a transfer: 0 done, 1 stalled, 2 no answer in time, 3 broken, 4 gone; and the bytes that came.
[[gnu::used]] void page_capture_told(std::uint32_t result, const std::uint8_t* bytes, std::uint32_t size);
/// The answer to a Reconnect: 0, or the number of a trouble.
[[gnu::used]] void page_capture_reconnected(std::uint32_t trouble);
[[gnu::used]] void page_capture_stop();
/// After the end of a flash. Answer: its bytes, whole where it finished; else what a capture of the same device goes on from.
[[gnu::used]] int page_capture_bytes();
/// Answer: the record of a capture that finished (NAME.json), of both flashes where both were read. It holds the device's id.
[[gnu::used]] int page_capture_record();
/// Takes a finished capture, of one flash or of both, for what is to be judged, under this name.
[[gnu::used]] int page_capture_take(const char* name);
/// Answer: two lines: what a trouble is, in words about the device that was identified last, and what to do in a browser on this system: 0 Linux, 1 Windows, 2
/// macOS.
[[gnu::used]] int page_trouble(std::uint32_t trouble, std::uint32_t system, std::uint32_t address);
/// Answer: the udev rule, one line.
[[gnu::used]] int page_udev_rule();

// --- a repair (docs/repair.md) ---

/// Everything that was given for a repair and found out about it is gone.
[[gnu::used]] void page_repair_forget();
/// Takes a file that a plan may need: firmware in any form, an archive of it, another dump; or a private key for the device. Answer: a table of what was new in
/// it: what it is, "a released file" or "".
[[gnu::used]] int page_repair_take_file(const std::uint8_t* bytes, std::uint32_t size, const char* name);
/// Makes a fresh private key of the kind that the first device that was judged has, and takes it for a plan as new-key.der.
[[gnu::used]] int page_repair_make_key();
/// Answer: the public half of the new key that the plan writes, PEM. Fails where it writes none.
[[gnu::used]] int page_repair_public_half();
/// What the owner agrees to: words of the plan's consents, parted by "\n". Those that are not among them are taken back.
[[gnu::used]] int page_repair_consent(const char* words);
/// Plans for the first that was judged. Answer: the plan (photopsy-repair-plan/1).
[[gnu::used]] int page_repair_plan();
/// Answer: a table of the plan's steps: what is done, how long it takes, and that in milliseconds.
[[gnu::used]] int page_repair_steps();
/// Answer: a table of the files with which more could be repaired: name, where it is published, SHA-256 or "".
[[gnu::used]] int page_repair_missing();
/// Answer: secret: the ZIP file of plan, flash, record, second flash and new key where there are such, which `photopsy repair undo` takes when unpacked. Fails
/// where what was judged was not read here.
[[gnu::used]] int page_repair_backup();
/// Takes such a file for what was judged, as it was before the repair.
[[gnu::used]] int page_repair_open_backup(const std::uint8_t* bytes, std::uint32_t size);
/// Makes the plan of the opened backup once more, with the files that were taken. Answer: the plan. Fails where a file is missing.
[[gnu::used]] int page_repair_make_again();
/// Begins to carry out the plan that was made last on the device that page_identify() told of last. `configuration`, `maps`: as of a capture. `journal`: what
/// page_repair_journal() told in an earlier run of this plan; "" begins anew, which needs the judged flash to be read here, twice, from this device.
/// Answer: the number of its DFU interface.
[[gnu::used]] int page_repair_begin(const std::uint8_t* configuration, std::uint32_t size, const char* maps, const char* journal);
/// When the repair is done and the device was read and judged again: plans to put back what a start meanwhile has put into places that the repair does not
/// touch (the factory's application). Answer: the plan; without a step where nothing is to be put back.
[[gnu::used]] int page_repair_plan_restoration();
/// Begins to carry that out; arguments and answer as of page_repair_begin(). What follows is the same.
[[gnu::used]] int page_repair_begin_restoration(const std::uint8_t* configuration, std::uint32_t size, const char* maps);
/// What to do next. Null where no repair was begun. Borrowed until the next call.
[[gnu::used]] const PageStep* page_repair_step();
[[gnu::used]] void page_repair_told(std::uint32_t result, const std::uint8_t* bytes, std::uint32_t size);
[[gnu::used]] void page_repair_reconnected(std::uint32_t trouble);
[[gnu::used]] void page_repair_answered(std::uint32_t yes);
/// Answer: the journal with what is to be taken down now. No secret and no id stands in it.
[[gnu::used]] int page_repair_journal();
/// After Ended. Answer: a line: "done", "stopped", "elsewhere", "journal", "forbidden", "device", "differs", "not-reset" or "not-installed", a sentence where
/// it is not done, how many steps were sent.
[[gnu::used]] int page_repair_end();
/// When the device was read and judged again. Answer: a sentence a line for each thing that is not as the plan promised; "" where all is.
[[gnu::used]] int page_repair_compare();
}

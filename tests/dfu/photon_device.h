#pragma once
// The USB side of a Particle bootloader in DFU mode, without any transport: control() takes a setup packet and answers it. Unit tests and fuzzers call
// it in process; umockdev_main.cpp puts it behind a real libusb. Behaviour follows usbd_dfu_core.c, usbd_dfu_mal.c, usbd_flash_if.c, usbd_dct_if.c and
// usbd_desc.c of Device OS v0.4.4, v0.7.0 and v2.3.1, quirks included.
#include "dfu/dct_writer.h"
#include "dfu/request.h"

#include <string>
#include <vector>

namespace photopsy::test {

enum class Generation {
    V0_4_4,  ///< bootloader up to 5: fixed serial, the address alone picks flash or DCT, stale buffer outside, failed writes silent
    V0_4_9,  ///< 7: fixed serial, alternate setting and address
    V0_6_1,  ///< 8 to 11: serial = device id, WinUSB descriptors
    V0_7_0,  ///< 100 and later: zeros outside, DCT through system part 2, no poll time
};

/// Of the bootloader in the flash; the latest where there is none.
Generation generation_in(const NorFlash& flash);

/// What a request is spoiled by. `at` counts all control requests, or only UPLOADs of data where `uploads_only`; it holds for `count` of them.
struct Fault {
    enum class Kind { Stall, Silence, Short, FlipBit, Noise, Break, Unplug };
    Kind kind = Kind::Stall;
    long at = 0;
    long count = 1;
    bool uploads_only = true;
    std::uint32_t detail =
        0;  ///< FlipBit: byte in the transfer (modulo length); Noise: address of the 4 KiB block; Unplug: reconnections that fail before it is back
};

class PhotonDevice {
public:
    static constexpr int stalled = -32, gone = -19, silent = -110, broken = -71;
    static constexpr std::uint32_t base = 0x08000000;

    Generation generation = Generation::V0_7_0;
    std::uint16_t vendor = 0x2B04, product = 0xD006;
    std::string product_name = "Photon DFU Mode", device_id = "3d0024000447343138333038";
    std::string flash_map = "@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg";
    std::uint16_t transfer_size = 4096;
    bool garbage_descriptors = false;
    NorFlash flash;
    /// The flash beside the processor, behind an alternate setting of its own.
    struct SecondFlash {
        std::uint8_t alternate = 0;
        std::string map;
        std::uint32_t erase_unit = 0x1000;
        NorFlash flash;
    };
    std::optional<SecondFlash> second;
    enum class TableKind { Wiced, Dcd, None } table_kind = TableKind::Wiced;
    std::vector<Fault> faults;
    /// The power fails at this control request (counted from 0), before it or when its data stage is through; -1: not. Within the flash: NorFlash::cut_at.
    long power_fails_at_request = -1;
    enum class CutBehind : std::uint8_t { Nothing, DataStage, Everything } cut_behind = CutBehind::Nothing;
    std::uint32_t erase_milliseconds = 0;  ///< how long an erase keeps GETSTATUS waiting

    void become_p1();        ///< from bootloader 7 on with its serial flash at alternate setting 2
    void become_core();      ///< serial flash at alternate setting 1, and no table
    void become_electron();  ///< table in the DCD format

    std::vector<std::uint8_t> device_descriptor() const;
    std::vector<std::uint8_t> configuration_descriptor() const;
    std::string serial() const;
    std::uint8_t last_alternate() const;
    static std::uint8_t name_index(std::uint8_t alternate);
    std::string string_at(std::uint8_t index) const;

    /// Answers one request; `stage` holds (or takes) the data stage and is at least setup.length long. Bytes of the data stage, or one of the negatives above.
    int control(const dfu::SetupPacket& setup, std::uint8_t* stage);

    /// The device as it is after RESET with SETUP held: address pointer, alternate setting and state fresh. A bootloader from 100 on looks up the code for
    /// the table in the system parts now (main() reads the button's setting first thing: bootloader/src/main.c@v0.7.0:132).
    void power_cycle();
    /// An ordinary start, as when nobody holds SETUP: the bootloader reads the table, carries out the waiting copies, restores the factory application where
    /// part 1 has no header; the firmware, where its parts are whole, makes a device key where there is none. Without DFU mode until power_cycle().
    void ordinary_start();
    /// Systems before 1.5.0 protect the sectors of the system parts at each start.
    void protect_as_firmware_does();
    bool has_power() const { return !dark_; }
    /// How long the last request took on the device.
    std::uint32_t last_milliseconds() const { return last_milliseconds_; }
    /// A reset of the bus alone: the bootloader goes on with the code that it looked up.
    void bus_reset();
    /// Puts the state machine where another program may have left it (also states that do not exist).
    void leave_in_state(std::uint8_t state);
    /// After an Unplug: counts down the failing reconnections; true where the device is there.
    bool plug_in_again();
    bool is_gone() const { return gone_; }
    std::uint8_t state() const { return state_; }
    long requests() const { return requests_; }
    long uploads() const { return uploads_; }
    /// Everything a reader has no business to send: erases, writes, leaving DFU mode, unsafe strings, blocks 0 and 1.
    const std::vector<std::string>& trespasses() const { return trespasses_; }
    void trespass(std::string what) { trespasses_.push_back(std::move(what)); }

private:
    int answer(const dfu::SetupPacket& setup, std::uint8_t* stage);
    int standard(const dfu::SetupPacket& setup, std::uint8_t* stage);
    int winusb(const dfu::SetupPacket& setup, std::uint8_t* stage) const;
    int dfu_request(const dfu::SetupPacket& setup, std::uint8_t* stage);
    int download(const dfu::SetupPacket& setup, const std::uint8_t* stage);
    int upload(const dfu::SetupPacket& setup, std::uint8_t* stage);
    int get_status(const dfu::SetupPacket& setup, std::uint8_t* stage);
    bool execute_pending();
    const Fault* fault_for(bool is_upload) const;
    int spoil(const Fault& fault, int length, std::uint8_t* stage, std::uint32_t address);
    void stop();
    void set_state(std::uint8_t state) { state_ = reported_ = state; }
    bool in_flash(std::uint32_t address) const { return address >= base && address - base < flash.bytes.size(); }
    bool is_dct(std::uint32_t address) const;
    /// DFU_MAL_IS_PROTECTED_AREA below it; a Core's firmware begins at 0x08005000.
    std::uint32_t first_writable() const { return table_kind == TableKind::None ? 0x08005000 : 0x08020000; }
    bool in_second() const { return second && alternate_ == second->alternate; }
    std::uint32_t offset_of(std::uint32_t address);
    bool addressable(std::uint32_t address) const;
    void read(std::uint32_t address, std::uint8_t* out, std::uint32_t length);
    bool erase(std::uint32_t address);
    bool write(std::uint32_t address, std::uint32_t length);
    /// The code that a request for the table runs through; nothing: it is refused. Pointers into a part that was written since hang the device.
    std::optional<DctCode> table_code();
    void copy_module(std::uint32_t from, std::uint32_t length, std::uint32_t to);
    void carry_out_slots();
    void make_missing_key();
    void start_once();
    /// True where the system has done its work and starts the device anew.
    bool apply_flagged_image();
    /// Offset in the flash of byte 0 of the table in force.
    std::uint32_t table_data();
    bool write_table(std::uint32_t offset, ByteView data);
    enum class PartChange { Erased, Programmed };
    void part_changed(std::uint32_t address, PartChange);

    std::uint8_t state_ = 2, reported_ = 2, status_ = 0, alternate_ = 0;
    std::uint32_t poll_ = 0, pointer_ = 0x08020000;
    std::uint16_t block_ = 0, length_ = 0;
    bool manifest_ = false, gone_ = false;
    long requests_ = 0, uploads_ = 0;
    std::uint32_t away_ = 0;
    std::uint32_t random_ = 1;
    struct TableCode {
        bool looked_up = false;
        std::optional<DctCode> code;
        bool stale = false;   ///< the pointers lead into code that is no more
        bool renews = false;  ///< they are looked up anew before they are used next
    } table_;
    bool hung_ = false;  ///< no answer until the next reset
    bool dark_ = false;  ///< without power until power_cycle()
    std::uint32_t last_milliseconds_ = 0;
    std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(4096, 0);
    std::vector<std::string> trespasses_;
};

}  // namespace photopsy::test

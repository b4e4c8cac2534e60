#include <libusb-1.0/libusb.h>

#include "dfu/descriptors.h"
#include "dfu/external_rule.h"
#include "dfu/memory_map.h"
#include "dfu/reading_rule.h"
#include "dfu/usb.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace photopsy::dfu {
namespace {

constexpr unsigned descriptor_timeout = 1000;
constexpr std::uint32_t poll_ms = 250;

struct CloseHandle {
    void operator()(libusb_device_handle* handle) const { libusb_close(handle); }
};
using Handle = std::unique_ptr<libusb_device_handle, CloseHandle>;

Trouble open_trouble(int code) {
    switch (code) {
        case LIBUSB_SUCCESS:
            return Trouble::None;
        case LIBUSB_ERROR_ACCESS:
            return Trouble::NotPermitted;
        case LIBUSB_ERROR_BUSY:
            return Trouble::InUse;
        case LIBUSB_ERROR_NOT_SUPPORTED:
            return Trouble::NoDriver;
        case LIBUSB_ERROR_NOT_FOUND:
            return Trouble::HalfDriver;
        case LIBUSB_ERROR_NO_DEVICE:
            return Trouble::Gone;
        case LIBUSB_ERROR_TIMEOUT:
            return Trouble::NoAnswer;
        default:
            return Trouble::LineBroken;
    }
}

TransferResult transfer_result(int code) {
    switch (code) {
        case LIBUSB_ERROR_PIPE:
            return TransferResult::Stalled;
        case LIBUSB_ERROR_TIMEOUT:
            return TransferResult::TimedOut;
        case LIBUSB_ERROR_NO_DEVICE:
            return TransferResult::Gone;
        default:
            return code < 0 ? TransferResult::Broken : TransferResult::Done;
    }
}

std::vector<std::uint8_t> descriptor(libusb_device_handle* handle, std::uint8_t type, std::uint8_t index, std::uint16_t language) {
    std::array<std::uint8_t, 1024> bytes{};
    const auto value = static_cast<std::uint16_t>(type << 8 | index);
    const int length = libusb_control_transfer(handle, 0x80, LIBUSB_REQUEST_GET_DESCRIPTOR, value, language, bytes.data(), bytes.size(), descriptor_timeout);
    return {bytes.begin(), bytes.begin() + std::max(length, 0)};
}

std::string string_descriptor(libusb_device_handle* handle, std::uint8_t index) {
    constexpr std::uint16_t english = 0x0409;  // the only language of every Particle bootloader
    return string_is_safe_to_ask(index) ? text_of_string_descriptor(descriptor(handle, LIBUSB_DT_STRING, index, english)) : std::string();
}

std::string path_of(libusb_device* device) {
    std::array<std::uint8_t, 8> ports{};
    const int depth = libusb_get_port_numbers(device, ports.data(), ports.size());
    std::string path = std::to_string(libusb_get_bus_number(device));
    for (int i = 0; i < depth; ++i) path += (i == 0 ? '-' : '.') + std::to_string(ports[static_cast<std::size_t>(i)]);
    return path;
}

UsbNumbers numbers_of(const libusb_device_descriptor& about) { return {about.idVendor, about.idProduct, about.bcdDevice}; }

/// The devices on the bus, held as long as the list lives.
class DeviceList {
public:
    explicit DeviceList(libusb_context* context) : count_(libusb_get_device_list(context, &list_)) {}
    ~DeviceList() { count_ >= 0 ? libusb_free_device_list(list_, 1) : void(); }
    DeviceList(const DeviceList&) = delete;
    DeviceList& operator=(const DeviceList&) = delete;
    std::span<libusb_device* const> devices() const { return {list_, count_ > 0 ? static_cast<std::size_t>(count_) : 0}; }

private:
    libusb_device** list_ = nullptr;
    ssize_t count_ = 0;
};

struct OpenDevice {
    Handle handle;
    DfuInterface interface;
    bool described = false;  ///< the descriptors could be read
    Trouble trouble = Trouble::None;
};

OpenDevice open_and_claim(libusb_device* device) {
    libusb_device_handle* raw = nullptr;
    OpenDevice opened;
    opened.trouble = open_trouble(libusb_open(device, &raw));
    opened.handle.reset(raw);
    if (opened.trouble != Trouble::None) return opened;
    for (int tries = 0; tries < 3 && !opened.described; ++tries) {
        const auto found = parse_configuration(descriptor(raw, LIBUSB_DT_CONFIG, 0, 0));
        opened.described = found.has_value();
        if (found) opened.interface = *found;
    }
    opened.trouble = open_trouble(libusb_claim_interface(raw, opened.interface.number));
    return opened;
}

class UsbPort : public WritePort {
public:
    UsbPort(libusb_context* context, FoundDevice target, OpenDevice opened, std::uint32_t patience_ms, std::function<bool(bool)> still_wanted)
        : context_(context), target_(std::move(target)), open_(std::move(opened)), patience_ms_(patience_ms), still_wanted_(std::move(still_wanted)) {}
    ~UsbPort() override { release(); }

    Answer transfer(const Request& request, std::uint32_t timeout_ms) override {
        if (!open_.handle) return {TransferResult::Gone, {}};
        const SetupPacket setup = setup_packet(request, open_.interface.number);
        if (request.ask() == Ask::Select) return {select_alternate(request.alternate()), {}};
        if (request.ask() == Ask::SetAddress) {
            const auto payload = address_payload(request);
            std::copy(payload.begin(), payload.end(), stage_.begin());
        }
        return carry(setup, timeout_ms);
    }

    Answer write(const WriteRequest& request, std::uint32_t timeout_ms) override {
        if (!open_.handle) return {TransferResult::Gone, {}};
        if (request.what() == WriteRequest::What::SelectTable) return {select_alternate(1), {}};
        const auto payload = request.payload().first(std::min(request.payload().size(), stage_.size()));
        std::copy(payload.begin(), payload.end(), stage_.begin());
        return carry(setup_packet(request, open_.interface.number), timeout_ms);
    }

    Trouble reconnect() override {
        release();
        Trouble trouble = Trouble::Gone;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms_);
        while (true) {
            trouble = open_same();
            if (trouble == Trouble::None) return trouble;
            if (!still_wanted_(trouble == Trouble::Gone) || std::chrono::steady_clock::now() >= deadline) return trouble;
            wait(poll_ms);
        }
    }

    void wait(std::uint32_t milliseconds) override { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

private:
    Answer carry(const SetupPacket& setup, std::uint32_t timeout_ms) {
        const int length =
            libusb_control_transfer(open_.handle.get(), setup.request_type, setup.request, setup.value, setup.index, stage_.data(), setup.length, timeout_ms);
        const bool incoming = (setup.request_type & 0x80) != 0;
        return {transfer_result(length), incoming && length > 0 ? ByteView(stage_).first(static_cast<std::size_t>(length)) : ByteView{}};
    }
    /// By libusb's own function: the host's bookkeeping has to know of the setting. Claiming again what is claimed sends nothing and tells whether
    /// the device is still there: if not, libusb 1.0.26 would unlock it once too often and abort later (github.com/libusb/libusb/issues/1199).
    TransferResult select_alternate(int number) {
        if (libusb_claim_interface(open_.handle.get(), open_.interface.number) == LIBUSB_ERROR_NO_DEVICE) return TransferResult::Gone;
        return transfer_result(libusb_set_interface_alt_setting(open_.handle.get(), open_.interface.number, number));
    }
    void release() {
        if (open_.handle) libusb_release_interface(open_.handle.get(), open_.interface.number);
        open_.handle.reset();
    }
    /// Opens the device that was there before. Gone where it is not (yet).
    Trouble open_same() {
        const DeviceList list(context_);
        for (libusb_device* device : list.devices()) {
            libusb_device_descriptor about{};
            if (libusb_get_device_descriptor(device, &about) != LIBUSB_SUCCESS) continue;
            if (about.idVendor != target_.usb.vendor || about.idProduct != target_.usb.product) continue;
            if (!target_.identity.serial_is_device_id && path_of(device) != target_.path) continue;
            OpenDevice opened = open_and_claim(device);
            if (opened.trouble != Trouble::None) {
                if (path_of(device) == target_.path && opened.trouble != Trouble::LineBroken) return opened.trouble;
                continue;
            }
            if (target_.identity.serial_is_device_id && !same_serial(string_descriptor(opened.handle.get(), about.iSerialNumber), target_.serial)) {
                libusb_release_interface(opened.handle.get(), opened.interface.number);
                continue;
            }
            open_ = std::move(opened);
            return Trouble::None;
        }
        return Trouble::Gone;
    }

    libusb_context* context_;
    FoundDevice target_;
    OpenDevice open_;
    std::uint32_t patience_ms_;
    std::function<bool(bool)> still_wanted_;
    std::array<std::uint8_t, 4096> stage_{};
};

BlockRule rule_for(const OpenDevice& opened, const Layout& layout) { return block_rule(opened.interface, layout); }

bool forbids_reading(const OpenDevice& opened, const std::string& map_text, const Layout& layout) {
    return (opened.described && forbids_reading(opened.interface)) || map_forbids_reading(map_text, layout);
}

}  // namespace

struct Usb::Context {
    libusb_context* libusb = nullptr;
    ~Context() {
        if (libusb) libusb_exit(libusb);
    }
};

Usb::Usb(std::vector<const Layout*> layouts) : context_(std::make_unique<Context>()), layouts_(std::move(layouts)) {
    if (const int code = libusb_init(&context_->libusb); code != LIBUSB_SUCCESS) {
        context_->libusb = nullptr;
        unavailable_ = libusb_strerror(static_cast<libusb_error>(code));
    }
}

Usb::~Usb() = default;

static void look_inside(libusb_device* device, const libusb_device_descriptor& about, FoundDevice& found) {
    OpenDevice opened = open_and_claim(device);
    found.trouble = opened.trouble;
    if (!opened.handle) return;
    found.serial = string_descriptor(opened.handle.get(), about.iSerialNumber);
    for (const AlternateSetting& alternate : opened.interface.alternates)
        if (alternate.number == 0) found.flash_map = string_descriptor(opened.handle.get(), alternate.name_index);
    if (opened.trouble == Trouble::None) libusb_release_interface(opened.handle.get(), opened.interface.number);
}

std::vector<FoundDevice> Usb::devices() {
    std::vector<FoundDevice> found;
    if (!context_->libusb) return found;
    const DeviceList list(context_->libusb);
    for (libusb_device* device : list.devices()) {
        libusb_device_descriptor about{};
        if (libusb_get_device_descriptor(device, &about) != LIBUSB_SUCCESS) continue;
        FoundDevice one{.usb = numbers_of(about), .path = path_of(device), .serial = {}, .flash_map = {}, .identity = {}};
        one.identity = identify_usb(one.usb, "", layouts_);
        if (one.identity.mode == Mode::Foreign) continue;
        if (one.identity.mode == Mode::Dfu) {
            look_inside(device, about, one);
            one.identity = identify_usb(one.usb, one.serial, layouts_);
        }
        found.push_back(std::move(one));
    }
    std::sort(found.begin(), found.end(), [](const FoundDevice& a, const FoundDevice& b) { return a.path < b.path; });
    return found;
}

struct Usb::Claimed {
    std::unique_ptr<UsbPort> port;
    BlockRule rule;
    std::optional<BlockRule> external;
    Trouble trouble = Trouble::None;
};

Usb::Claimed Usb::claim(const FoundDevice& wanted, std::uint32_t patience_ms, std::function<bool(bool)> still_wanted) {
    if (!context_->libusb || !wanted.identity.layout) return {nullptr, {}, {}, context_->libusb ? Trouble::UnknownProduct : Trouble::UsbUnavailable};
    const DeviceList list(context_->libusb);
    for (libusb_device* device : list.devices()) {
        libusb_device_descriptor about{};
        if (libusb_get_device_descriptor(device, &about) != LIBUSB_SUCCESS || path_of(device) != wanted.path) continue;
        if (about.idVendor != wanted.usb.vendor || about.idProduct != wanted.usb.product) continue;
        OpenDevice opened = open_and_claim(device);
        if (opened.trouble != Trouble::None) return {nullptr, {}, {}, opened.trouble};
        if (forbids_reading(opened, wanted.flash_map, *wanted.identity.layout)) {
            libusb_release_interface(opened.handle.get(), opened.interface.number);
            return {nullptr, {}, {}, Trouble::NotReadable};
        }
        const BlockRule rule = rule_for(opened, *wanted.identity.layout);
        const auto name_of = [&](std::uint8_t index) { return string_descriptor(opened.handle.get(), index); };
        const auto external = external_rule(opened.interface, *wanted.identity.layout, name_of);
        return {std::make_unique<UsbPort>(context_->libusb, wanted, std::move(opened), patience_ms, std::move(still_wanted)), rule, external, Trouble::None};
    }
    return {nullptr, {}, {}, Trouble::Gone};
}

Opened Usb::open(const FoundDevice& wanted, std::uint32_t patience_ms, std::function<bool(bool)> still_wanted) {
    auto claimed = claim(wanted, patience_ms, std::move(still_wanted));
    return {std::move(claimed.port), claimed.rule, claimed.external, claimed.trouble};
}

OpenedForWriting Usb::open_for_writing(const FoundDevice& wanted, std::uint32_t patience_ms, std::function<bool(bool)> still_wanted) {
    if (const auto map = parse_memory_map(wanted.flash_map); map && wanted.identity.layout && !can_be_written(*map, *wanted.identity.layout))
        return {nullptr, {}, {}, Trouble::NotReadable};
    auto claimed = claim(wanted, patience_ms, std::move(still_wanted));
    return {std::move(claimed.port), claimed.rule, claimed.external, claimed.trouble};
}

}  // namespace photopsy::dfu

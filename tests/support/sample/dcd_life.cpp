// What a device with a DCD and EC keys writes at its first starts and when it is claimed. Source: docs/formats/dcd.md
// (hal/src/stm32f2xx/ota_flash_hal_stm32f2xx.cpp@v2.3.1:487,579).
#include "support/sample/device.h"
#include "support/sample/ec_keys.h"
#include "support/sample/stream.h"

#include <algorithm>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;

void write_named(Device& device, std::string_view name, const Bytes& value) {
    if (const auto offset = device.field_offset(name)) device.table.write(device.writer(), *offset, value);
}

/// 128 bytes: nothing before 0.8.0-rc.2, zeros up to 1.4.4, from 1.5.0 on the public key at the end.
Bytes public_cache(std::uint16_t system, const Bytes& spki) {
    constexpr std::uint16_t first_that_writes = 301, first_that_is_right = 1502;
    if (system < first_that_writes) return {};
    Bytes cache(128, 0);
    if (system >= first_that_is_right) std::copy(spki.begin(), spki.end(), cache.end() - static_cast<std::ptrdiff_t>(spki.size()));
    return cache;
}

Bytes order_value(const Device& device, const Order& from, std::string form) {
    Order key("provision", from.line());
    key.give("key", from.number("key", 1, 1000, 1));
    key.give("algorithm", std::string("ec"));
    key.give("form", std::move(form));
    key.give("wish", from.text("wish", "ordinary"));
    auto value = value_of(device, key);
    if (!key.complaint().empty()) from.complain(key.complaint());
    return value;
}

}  // namespace

void provision_with_ec_keys(Device& device, const Order& order) {
    constexpr std::uint16_t first_with_device_id = 102;
    Stream stream(device.seed, "provision");
    const auto system = device.system_version();
    write_named(device, "alt_device_private_key", order_value(device, order, order.text("form", "device")));
    if (const auto cache = public_cache(system, order_value(device, order, "public")); !cache.empty()) write_named(device, "alt_device_public_key", cache);
    if (system >= first_with_device_id && system != 0xFFFF) write_named(device, "device_id", device_id_of(stream));
    if (order.has("claim") && !order.flag("claim")) return;
    write_named(device, "claim_code", stream.text(63));
    write_named(device, "claimed", {0x31});
    write_named(device, "claim_code", {0});
    write_named(device, "product_store", {static_cast<std::uint8_t>(device.layout.platform_id), 0});
}

}  // namespace photopsy::sample

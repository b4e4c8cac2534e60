// Values that an order writes, and the modules it names.
#include "base/hex.h"
#include "support/sample/device.h"
#include "support/sample/ec_keys.h"
#include "support/sample/published.h"
#include "support/sample/stream.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;

bool is_ec(const Device& device, const Order& order) {
    const bool first_is_ec = !device.layout.keys.empty() && device.layout.keys.front().kind == KeyKind::EcSlot;
    const auto algorithm = order.text("algorithm", first_is_ec ? "ec" : "rsa");
    if (algorithm != "ec" && algorithm != "rsa") order.complain("`algorithm` is rsa or ec");
    return algorithm == "ec";
}

Bytes ec_key_value(const Device& device, const Order& order) {
    constexpr std::uint16_t first_with_fixed_scalar = 2100;
    const auto number = static_cast<std::uint64_t>(order.number("key", 1, 1000));
    const auto wish = order.text("wish", "ordinary"), form = order.text("form", "device");
    if (wish != "ordinary" && wish != "high-scalar" && wish != "low-scalar") order.complain("`wish` of an EC key is ordinary, high-scalar or low-scalar");
    const auto& key = ec_key(device.seed * 1000 + number, wish == "high-scalar" ? EcWish::HighScalar : wish == "low-scalar" ? EcWish::LowScalar : EcWish::Any);
    const bool fixed = device.system_version() >= first_with_fixed_scalar && device.system_version() != 0xFFFF;
    if (form == "device") return ec_device_slot(fixed ? ec_sec1(key) : ec_sec1_minimal(key));
    if (form == "sec1") return ec_sec1(key);
    if (form == "without-public") return ec_sec1_without_public(key);
    if (form == "pkcs8") return ec_pkcs8(key);
    if (form == "pem") return ec_pem(key);
    if (form == "public") return ec_spki(key);
    order.complain(fmt::format("`form` is \"{}\", not device, sec1, without-public, pkcs8, pem or public", form));
    return {};
}

Bytes key_value(const Device& device, const Order& order) {
    if (is_ec(device, order)) return ec_key_value(device, order);
    const auto number = order.number("key", 1, 1000);
    const auto wish_name = order.text("wish", "ordinary"), form = order.text("form", "device");
    const bool is_short = wish_name == "short-component", is_long = wish_name == "twice-as-long";
    if (!is_short && !is_long && wish_name != "ordinary") order.complain("`wish` is ordinary, short-component or twice-as-long");
    const auto& key = device_key(device.seed * 1000 + static_cast<std::uint64_t>(number), is_short  ? KeyWish::ShortComponent
                                                                                          : is_long ? KeyWish::TwiceAsLong
                                                                                                    : KeyWish::Ordinary);
    if (form == "device") return device_form(key);
    if (form == "pkcs1") return minimal_der(key);
    if (form == "pkcs8") return pkcs8(key);
    if (form == "pem") return pem(key);
    if (form == "public") return public_spki(key);
    order.complain(fmt::format("`form` is \"{}\", not device, pkcs1, pkcs8, pem or public", form));
    return {};
}

Bytes server_value(const Device& device, const Order& order) {
    const auto name = order.text("server");
    const bool ec = is_ec(device, order);
    if (name == "published") return ec ? published_ec_server_key() : published_server_key();
    if (name == "other") return ec ? ec_spki(ec_key(device.seed, EcWish::Any)) : server_spki(device.seed);
    order.complain(fmt::format("`server` is \"{}\", not published or other", name));
    return {};
}

/// Server address as particle-cli writes it: type, length, text or four bytes; port, big-endian, at 66 (src/cmd/keys.js@v1.53.0:288).
Bytes address_value(const Order& order) {
    Bytes value(128, 0xFF);
    if (order.has("ip")) {
        const auto parts = order.numbers("ip", 0, 255);
        if (parts.size() != 4) order.complain("`ip` must be a list of four numbers");
        value[0] = 0;
        value[1] = 4;
        for (std::size_t i = 0; i < std::min<std::size_t>(4, parts.size()); ++i) value[2 + i] = static_cast<std::uint8_t>(parts[i]);
    } else {
        const auto domain = order.text("domain");
        if (domain.size() > 126) order.complain("`domain` has more than 126 characters");
        value[0] = 1;
        value[1] = static_cast<std::uint8_t>(domain.size());
        std::copy_n(domain.begin(), std::min<std::size_t>(domain.size(), 126), value.begin() + 2);
    }
    if (!order.has("port")) return value;
    const auto port = order.number("port", 0, 65535);
    value[66] = static_cast<std::uint8_t>(port >> 8);
    value[67] = static_cast<std::uint8_t>(port);
    return value;
}

Bytes plain_value(const Device& device, const Order& order) {
    if (order.has("text")) {
        const auto text = order.text("text");
        return Bytes(text.begin(), text.end());
    }
    if (order.has("hex")) {
        const auto bytes = from_hex(order.text("hex"));
        if (!bytes) order.complain("`hex` is no row of hexadecimal digit pairs");
        return bytes.value_or(Bytes{});
    }
    if (order.has("random"))
        return Stream(device.seed, fmt::format("line {}", order.line())).bytes(static_cast<std::size_t>(order.number("random", 1, 1 << 20)));
    const auto length = order.number("length", 1, 1 << 20, order.has("field") ? device.field_size(order.text("field")) : 1);
    return Bytes(static_cast<std::size_t>(length), static_cast<std::uint8_t>(order.number("fill", 0, 255)));
}

}  // namespace

Bytes value_of(const Device& device, const Order& order) {
    auto value = order.has("key")                         ? key_value(device, order)
                 : order.has("server")                    ? server_value(device, order)
                 : order.has("domain") || order.has("ip") ? address_value(order)
                                                          : plain_value(device, order);
    const auto padded = static_cast<std::size_t>(order.number("pad", 0, 1 << 16, 0));
    if (padded > value.size()) value.resize(padded, 0);
    return value;
}

static std::uint8_t byte_of(std::int64_t number) { return static_cast<std::uint8_t>(number); }
static std::uint16_t word_of(std::int64_t number) { return static_cast<std::uint16_t>(number); }

static Need need_of(const std::vector<std::int64_t>& numbers, std::size_t from) {
    return {byte_of(numbers[from]), byte_of(numbers[from + 1]), word_of(numbers[from + 2])};
}

ModuleSpec module_of(const Device& device, const Order& order) {
    const auto slot_name = order.text("module"), release_name = order.text("release");
    const auto* slot = device.layout.slot(slot_name);
    const auto* release = find_release(release_name);
    if (!slot || slot->function == 0 || slot_name == "factory")
        order.complain(fmt::format("`module` is \"{}\", which is no module of a {}", slot_name, device.layout.name));
    else if (!release)
        order.complain(fmt::format("`release` is \"{}\", which is no release this generator knows", release_name));
    if (!order.complaint().empty()) return {};
    auto spec = spec_of(device.layout, *slot, *release, device.seed + static_cast<std::uint64_t>(order.number("seed", 0, 1 << 30, 0)));
    spec.version = word_of(order.number("version", 0, 65535, spec.version));
    spec.platform_id = word_of(order.number("platform", 0, 65535, spec.platform_id));
    const auto most = std::min<std::int64_t>(slot->at.size(), 0x40000) - 4;
    spec.length = static_cast<std::uint32_t>(order.number("length", 0x1000, most, spec.length)) & ~3u;
    spec.placeholder = order.flag("placeholder");
    if (const auto product = order.numbers("product", 0, 65535); product.size() == 2)
        spec.product_id = word_of(product[0]), spec.product_version = word_of(product[1]);
    if (order.has("carries_bootloader")) {
        const auto* carried = find_release(order.text("carries_bootloader"));
        const auto* home = device.layout.slot("bootloader");
        if (!carried || !home) return order.complain("`carries_bootloader` is no release that has one for this device"), spec;
        spec.carries = build_module(spec_of(device.layout, *home, *carried, device.seed));
        spec.length += static_cast<std::uint32_t>(spec.carries.size() + 63) & ~3u;
    }
    if (!order.has("needs")) return spec;
    const auto needs = order.numbers("needs", 0, 65535);
    if (needs.size() != 0 && needs.size() != 3 && needs.size() != 6) order.complain("`needs` is function, index and version, once or twice");
    spec.need = needs.size() >= 3 ? need_of(needs, 0) : Need{};
    spec.need2 = needs.size() >= 6 ? need_of(needs, 3) : Need{};
    return spec;
}

}  // namespace photopsy::sample

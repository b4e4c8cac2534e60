#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace photopsy::sample {

/// DER as PEM text (RFC 7468) under a label like "RSA PRIVATE KEY": lines of 64 letters that end with a line feed.
std::vector<std::uint8_t> pem_text(std::string_view label, const std::vector<std::uint8_t>& der);

}  // namespace photopsy::sample

#pragma once
// A control transfer as the page is told of it, and what it tells back, by numbers.
#include "dfu/descriptors.h"
#include "dfu/flash_reader.h"
#include "dfu/request.h"
#include "dfu/trouble.h"
#include "flash/layout.h"
#include "page/page.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy::page {

/// `payload` must live until the page has sent it.
void put_setup(const dfu::SetupPacket&, ByteView payload, PageStep&);
/// The same for a request; what it sends lies in `payload` then.
void put_request(const dfu::Request&, std::uint8_t interface, PageStep&, std::vector<std::uint8_t>& payload);
/// Browsers send it by a function of their own, because their bookkeeping has to know.
bool is_set_interface(const PageStep&);

// A number that means nothing is taken for the last one that does.
dfu::TransferResult transfer_result(std::uint32_t);
dfu::Trouble trouble_numbered(std::uint32_t);

/// The name of an alternate setting, out of lines "number, tab, name"; "" where there is none.
std::string map_of(std::string_view maps, unsigned alternate);
/// How the second flash is read, where the device offers it; `maps` as of map_of().
std::optional<dfu::BlockRule> second_flash_rule(const dfu::DfuInterface&, const Layout&, std::string_view maps);

}  // namespace photopsy::page

// Any line is a report, a failure or neither, and whatever it says, a fleet of it can be told in every format.
#include "report/fleet.h"
#include "report/json_fleet.h"

#include <cstdlib>

using namespace photopsy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto row = row_of_line({reinterpret_cast<const char*>(bytes), size});
    if (!row) return 0;
    const auto all = fleet::look_together({*row, *row});
    for (const auto format : {FleetFormat::Text, FleetFormat::Json, FleetFormat::Csv, FleetFormat::Html, FleetFormat::Markdown})
        if (render_fleet(all, format, {}).find('\033') != std::string::npos) std::abort();
    return 0;
}

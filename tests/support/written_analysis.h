#pragma once
// An analysis written by hand: everything a report can hold, hostile text included.
#include "photopsy.h"
#include "report/report.h"

#include <vector>

namespace photopsy::test {

inline const std::vector<Format> all_formats = {Format::Text, Format::Json, Format::Markdown, Format::Html, Format::Ndjson, Format::Csv, Format::Junit};

inline constexpr const char* full_id = "3e003d000e47363433353735";
inline constexpr const char* private_host = "cloud.secret-company.example";
/// What a stranger may have put into a dump: escapes for terminals, markup for browsers, forums and spreadsheets.
inline constexpr const char* hostile =
    "\033[2J<script>alert(1)</script> \"quoted\" & @everyone #tag `tick` a|b *bold* [link](http://evil.example) {{raw}} \x01\x7f\xff $x$ =1+1";

/// `broken`: a device with two causes, four findings and a hostile name; else a healthy one.
Analysis broken_device();
Analysis healthy_device();

}  // namespace photopsy::test

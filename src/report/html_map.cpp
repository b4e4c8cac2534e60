#include "base/hex.h"
#include "report/html.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr double full_width = 960, left = 20, bar_height = 44;

/// A stretch of flash drawn as one bar.
struct Bar {
    Range shown;
    double top;

    double x(Address at) const { return left + full_width * (at - shown.begin) / shown.size(); }
};

/// Coordinates with one decimal, always written with a dot.
std::string coordinate(double value) {
    const auto tenths = static_cast<long>(value * 10 + 0.5);
    return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

std::string rectangle(const Bar& bar, Range at, std::string_view style, std::string_view title) {
    const auto from = bar.x(at.begin), width = std::max(bar.x(at.end) - from, 1.0);
    return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>\n", style, coordinate(from), coordinate(bar.top), coordinate(width),
                       coordinate(bar_height), in_html(title));
}

std::string cells(const Document& document, const Bar& bar) {
    std::string svg;
    for (const auto& cell : document.map) {
        for (const auto& part : cell.parts)
            if (const auto at = intersection(part.at, bar.shown); !at.empty())
                svg += rectangle(bar, at, fmt::format("s-{}", name_of(part.state)), fmt::format("{}: {}, {}", part.label, name_of(part.state), place(part.at)));
        if (const auto at = intersection(cell.at, bar.shown); !at.empty()) svg += rectangle(bar, at, "cell", fmt::format("{}: {}", cell.title, place(cell.at)));
    }
    return svg;
}

std::string labels(const Document& document, const Bar& bar) {
    static constexpr double letter = 7.2;
    std::string svg;
    for (const auto& cell : document.map) {
        const auto at = intersection(cell.at, bar.shown);
        if (at.empty() || bar.x(at.end) - bar.x(at.begin) < letter * static_cast<double>(cell.title.size())) continue;
        const auto middle = coordinate((bar.x(at.begin) + bar.x(at.end)) / 2);
        svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", middle, coordinate(bar.top + bar_height + 16), in_html(cell.title));
        svg += fmt::format("<text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", middle, coordinate(bar.top + bar_height + 30), hex_address(cell.at.begin));
    }
    return svg;
}

/// A triangle over each finding, linked to its text.
std::string pins(const Document& document, const Bar& bar, const std::string& prefix) {
    std::string svg;
    for (std::size_t i = 0; i < document.findings.size(); ++i) {
        const auto& finding = document.findings[i];
        const auto at = intersection(finding.at, bar.shown);
        if (at.empty()) continue;
        const auto middle = (bar.x(at.begin) + bar.x(at.end)) / 2;
        svg += fmt::format("<a href=\"#{}-finding-{}\" aria-label=\"{}\"><path class=\"pin\" d=\"M{} {} l-7 -13 h14 z\"><title>{}</title></path></a>\n", prefix, i + 1,
                           in_html(fmt::format("{}: {} at {}", name_of(finding.severity), finding.title, hex_address(finding.at.begin))), coordinate(middle), coordinate(bar.top),
                           in_html(fmt::format("{} ({}), {}", finding.title, name_of(finding.severity), place(finding.at))));
    }
    return svg;
}

}  // namespace

std::string flash_map_svg(const Document& document, const std::string& prefix) {
    static constexpr std::uint32_t enlarged = 0x20000;
    if (document.flash.empty()) return "";
    const Bar whole{document.flash, 30};
    const Bar start{range_of(document.flash.begin, std::min(enlarged, document.flash.size())), 150};
    std::string svg = fmt::format("<svg viewBox=\"0 0 1000 235\" role=\"group\" aria-label=\"Flash from {} to {}, to scale\">\n", hex_address(document.flash.begin), hex_address(document.flash.end - 1));
    svg +=
        "<defs><pattern id=\"hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"8\" height=\"8\" fill=\"#f6b9bd\"/>"
        "<rect width=\"4\" height=\"8\" fill=\"#b3141c\"/></pattern><pattern id=\"dots\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" fill=\"#e3e6ea\"/>"
        "<circle cx=\"4\" cy=\"4\" r=\"1.5\" fill=\"#4b545d\"/></pattern></defs>\n";
    const auto bottom = whole.top + bar_height + 36;  // under the labels
    svg += fmt::format("<path class=\"lens\" d=\"M{} {} L{} {} M{} {} L{} {}\"/>\n", coordinate(whole.x(start.shown.begin)), coordinate(bottom), coordinate(left), coordinate(start.top),
                       coordinate(whole.x(start.shown.end)), coordinate(bottom), coordinate(left + full_width), coordinate(start.top));
    for (const auto& bar : {whole, start}) svg += cells(document, bar) + labels(document, bar) + pins(document, bar, prefix);
    return svg + "</svg>";
}

}  // namespace photopsy

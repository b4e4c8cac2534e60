#include "base/hex.h"
#include "report/html.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace photopsy {

namespace {

constexpr double full_width = 960, left = 20, bar_height = 44, strip_height = 18, label_height = 40, pin_height = 14, gap = 26;
constexpr unsigned highest_stack = 4;

/// A stretch of flash drawn as one bar; `top` is that of its regions, with the pins above and the sectors below.
struct Bar {
    Range shown;
    double top = 0;

    double x(Address at) const { return left + full_width * (at - shown.begin) / shown.size(); }
    double bottom() const { return top + bar_height + strip_height + label_height; }
};

/// Coordinates with one decimal, always written with a dot.
std::string coordinate(double value) {
    const auto tenths = static_cast<long>(value * 10 + 0.5);
    return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

std::string rectangle(const Bar& bar, Range at, double top, double height, std::string_view style, std::string_view title) {
    const auto from = bar.x(at.begin), width = std::max(bar.x(at.end) - from, 1.0);
    return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>\n", style, coordinate(from), coordinate(top),
                       coordinate(width), coordinate(height), in_html(title));
}

/// A rectangle that leads to the finding it shows. The keyboard reaches the same finding by its pin: one stop for each is enough.
std::string linked(std::string rectangle, std::optional<std::size_t> finding, std::string_view says, const std::string& prefix) {
    if (!finding) return rectangle;
    return fmt::format("<a href=\"#{}-finding-{}\" tabindex=\"-1\" aria-label=\"{}\">{}</a>", prefix, *finding + 1, in_html(says), rectangle);
}

/// The gravest finding that lies in a place, if one above a note does.
std::optional<std::size_t> gravest(const Document& document, Range at) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < document.findings.size(); ++i) {
        const auto& finding = document.findings[i];
        if (!finding.at.overlaps(at) || finding.severity < Severity::Warning) continue;
        if (!best || finding.severity > document.findings[*best].severity) best = i;
    }
    return best;
}

std::string words(std::string_view what, State state, Range at) { return fmt::format("{}: {}, {}", what, name_of(state), place(at)); }

std::string regions(const Document& document, const Bar& bar, const std::string& prefix) {
    std::string svg;
    for (const auto& cell : document.map) {
        for (const auto& part : cell.parts)
            if (const auto at = intersection(part.at, bar.shown); !at.empty()) {
                const auto says = words(part.label, part.state, part.at);
                svg += linked(rectangle(bar, at, bar.top, bar_height, fmt::format("s-{}", name_of(part.state)), says),
                              part.state == State::Damaged ? gravest(document, part.at) : std::nullopt, says, prefix);
            }
        if (const auto at = intersection(cell.at, bar.shown); !at.empty())
            svg += rectangle(bar, at, bar.top, bar_height, "cell", fmt::format("{}: {}", cell.title, place(cell.at)));
    }
    return svg;
}

/// What a finding calls damaged, exactly where it lies, over the state of its region.
std::string damages(const Document& document, const Bar& bar, const std::string& prefix) {
    std::string svg;
    for (std::size_t i = 0; i < document.findings.size(); ++i) {
        const auto& finding = document.findings[i];
        const auto at = intersection(finding.at, bar.shown);
        if (at.empty() || finding.severity < Severity::Warning) continue;
        const auto says = fmt::format("{}, {}", finding.title, place(finding.at));
        svg += linked(rectangle(bar, at, bar.top + bar_height / 2, bar_height / 2, "hit", says), i, says, prefix);
    }
    return svg;
}

std::string blocks(const Document& document, const Bar& bar, const std::string& prefix) {
    static constexpr std::string_view names[] = {"new", "old", "erased", "foreign"};
    static constexpr double letter = 7.5;
    std::string svg;
    for (const auto& block : document.blocks) {
        const auto at = intersection(block.at, bar.shown);
        if (at.empty()) continue;
        const auto name = names[static_cast<std::size_t>(block.kind)];
        const auto says = fmt::format("{}, {}", block.title, place(block.at));
        const auto middle = (bar.x(at.begin) + bar.x(at.end)) / 2, width = bar.x(at.end) - bar.x(at.begin);
        auto shape = rectangle(bar, at, bar.top, bar_height / 2, fmt::format("b-{}", name), says);
        if (width > letter * static_cast<double>(name.size()) + 6) {
            shape += fmt::format("<rect class=\"plate\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\"/>",
                                 coordinate(middle - letter * static_cast<double>(name.size()) / 2 - 2), coordinate(bar.top + 4),
                                 coordinate(letter * static_cast<double>(name.size()) + 4));
            shape +=
                fmt::format("<text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", coordinate(middle), coordinate(bar.top + 15), name);
        }
        svg += linked(std::move(shape), gravest(document, block.at), says, prefix);
    }
    return svg;
}

/// The erase units of the chip, numbered, in a strip under the regions.
std::string sectors(const Document& document, const Bar& bar, const std::string& prefix) {
    static constexpr double digit = 6.5;
    std::string svg;
    const auto top = bar.top + bar_height;
    for (const auto& sector : document.sectors) {
        const auto at = intersection(sector.at, bar.shown);
        if (at.empty()) continue;
        const auto number = std::to_string(sector.number);
        const auto says = words("sector " + number, sector.state, sector.at);
        auto shape = rectangle(bar, at, top, strip_height, sector.state == State::Damaged ? "sector bad" : "sector", says);
        const auto name = bar.x(at.end) - bar.x(at.begin) > 60 ? "sector " + number : number;
        if (bar.x(at.end) - bar.x(at.begin) > digit * static_cast<double>(name.size()))
            shape += fmt::format("<text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}{}</text>\n",
                                 coordinate((bar.x(at.begin) + bar.x(at.end)) / 2), coordinate(top + 13), name, sector.state == State::Damaged ? "!" : "");
        svg += linked(std::move(shape), gravest(document, sector.at), says, prefix);
    }
    return svg;
}

std::string labels(const Document& document, const Bar& bar) {
    static constexpr double letter = 7.2;
    std::string svg;
    const auto top = bar.top + bar_height + strip_height;
    for (const auto& cell : document.map) {
        const auto at = intersection(cell.at, bar.shown);
        if (at.empty() || bar.x(at.end) - bar.x(at.begin) < letter * static_cast<double>(cell.title.size())) continue;
        const auto middle = coordinate((bar.x(at.begin) + bar.x(at.end)) / 2);
        svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", middle, coordinate(top + 16), in_html(cell.title));
        svg +=
            fmt::format("<text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", middle, coordinate(top + 30), hex_address(cell.at.begin));
    }
    return svg;
}

struct Pin {
    std::size_t finding = 0;
    double x = 0;
    unsigned level = 0;  ///< those that would cover each other stand one above the other
};

std::vector<Pin> pins_on(const Document& document, const Bar& bar) {
    std::vector<Pin> pins;
    for (std::size_t i = 0; i < document.findings.size(); ++i) {
        const auto at = intersection(document.findings[i].at, bar.shown);
        if (at.empty()) continue;
        Pin pin{.finding = i, .x = (bar.x(at.begin) + bar.x(at.end)) / 2};
        const auto covered = [&](const Pin& other) { return other.level == pin.level && other.x > pin.x - 15 && other.x < pin.x + 15; };
        while (pin.level < highest_stack && std::any_of(pins.begin(), pins.end(), covered)) ++pin.level;
        pins.push_back(pin);
    }
    return pins;
}

double room_for(const std::vector<Pin>& pins) {
    unsigned levels = 0;
    for (const auto& pin : pins) levels = std::max(levels, pin.level + 1);
    return pin_height * levels + 4;
}

/// A sign over each finding, linked to its text: a filled triangle for what stops something, an open one for a warning, a dot for a note.
std::string draw(const Document& document, const Bar& bar, const std::vector<Pin>& pins, const std::string& prefix) {
    std::string svg;
    for (const auto& pin : pins) {
        const auto& finding = document.findings[pin.finding];
        const auto foot = bar.top - pin_height * pin.level - 1;
        const bool note = finding.severity == Severity::Note;
        const auto shape = note ? fmt::format("M{} {} a4.5 4.5 0 1 0 0.01 0 z", coordinate(pin.x), coordinate(foot - 11))
                                : fmt::format("M{} {} l-6.5 -12 h13 z", coordinate(pin.x), coordinate(foot));
        svg += fmt::format("<a href=\"#{}-finding-{}\" aria-label=\"{}\"><path class=\"pin {}\" d=\"{}\"><title>{}</title></path></a>\n", prefix,
                           pin.finding + 1, in_html(fmt::format("{}: {} at {}", name_of(finding.severity), finding.title, hex_address(finding.at.begin))),
                           name_of(finding.severity), shape, in_html(fmt::format("{} ({}), {}", finding.title, name_of(finding.severity), place(finding.at))));
    }
    return svg;
}

}  // namespace

std::string flash_map_svg(const Document& document, const std::string& prefix) {
    static constexpr std::uint32_t enlarged = 0x20000;
    if (document.flash.empty()) return "";
    std::vector<Bar> bars = {{document.flash}};
    if (document.flash.size() > enlarged) bars.push_back({range_of(document.flash.begin, enlarged)});
    if (!document.external.at.empty()) bars.push_back({document.external.at});
    std::string drawn;
    double height = 0;
    for (auto& bar : bars) {
        const auto pins = pins_on(document, bar);
        bar.top = height + room_for(pins) + (height > 0 ? gap : 0);
        drawn += regions(document, bar, prefix) + damages(document, bar, prefix) + blocks(document, bar, prefix) + sectors(document, bar, prefix) +
                 labels(document, bar) + draw(document, bar, pins, prefix);
        height = bar.bottom();
    }
    auto svg = fmt::format("<svg viewBox=\"0 0 1000 {}\" role=\"group\" aria-label=\"Flash from {} to {}, to scale, with its {} sectors\">\n",
                           coordinate(height), hex_address(document.flash.begin), hex_address(document.flash.end - 1), document.sectors.size());
    if (!document.external.at.empty())
        svg += fmt::format("<text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}, {} to {}</text>\n", coordinate(left + full_width),
                           coordinate(bars.back().top - gap / 2), in_html(document.external.title), hex_address(document.external.at.begin),
                           hex_address(document.external.at.end - 1));
    if (document.flash.size() > enlarged)  // where the second bar lies in the first
        svg += fmt::format(
            "<text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"end\">the first 128 KiB, enlarged</text>\n<path class=\"lens\" d=\"M{} {} L{} {} M{} {} L{} "
            "{}\"/>\n",
            coordinate(left + full_width), coordinate(bars[0].bottom() + 10), coordinate(left), coordinate(bars[0].bottom()), coordinate(left),
            coordinate(bars[1].top), coordinate(bars[0].x(bars[1].shown.end)), coordinate(bars[0].bottom()), coordinate(left + full_width),
            coordinate(bars[1].top));
    return svg + drawn + "</svg>";
}

}  // namespace photopsy

#include "report/text_map.h"

namespace photopsy {

Tone tone_of(State state) {
    if (state == State::Good) return Tone::Good;
    return state == State::Damaged ? Tone::Bad : state == State::NotChecked ? Tone::Warn : Tone::Faint;
}
Sign sign_of(State state) {
    if (state == State::Good) return Sign::Good;
    return state == State::Damaged ? Sign::Bad : state == State::NotChecked ? Sign::Unknown : Sign::Skipped;
}

static std::string short_name(const MapCell& cell) {
    static constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"bootloader", "boot"}, {"dct-copy-", "dct"}, {"eeprom-page-", "ee"}, {"system-part", "sys"}};
    for (const auto& [name, brief] : names)
        if (cell.name.starts_with(name)) return std::string(brief) + cell.name.substr(name.size());
    return cell.name;
}

std::string flash_map(const Document& document, const Paint& paint, std::string line) {
    std::string text;
    auto used = static_cast<unsigned>(line.size());
    const std::string blanks(used, ' ');
    for (const auto& cell : document.map) {
        const bool second_flash = document.external.at.contains(cell.at.begin);
        if (second_flash && cell.at.begin == document.external.at.begin) {
            text += line + "\n";
            line = paint.plain(std::string(blanks) + " " + document.external.title + ":");
            used = static_cast<unsigned>(line.size());
        }
        const auto name = short_name(cell);
        if (used + name.size() + 3 > paint.width()) {
            text += line + "\n";
            line = blanks;
            used = static_cast<unsigned>(blanks.size());
        }
        line += " " + paint.tone(tone_of(cell.state), paint.plain(name)) + " " + paint.sign(sign_of(cell.state));
        used += static_cast<unsigned>(name.size()) + 3;
    }
    if (document.map.empty()) return "";
    while (line.ends_with(' ')) line.pop_back();
    return text + line + "\n";
}

}  // namespace photopsy

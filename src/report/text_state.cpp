#include "base/hex.h"
#include "report/text_map.h"
#include "report/text_parts.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

Sign sign_of(Rung::Mark mark) {
    if (mark == Rung::Mark::Good) return Sign::Good;
    return mark == Rung::Mark::Bad ? Sign::Bad : mark == Rung::Mark::Skipped ? Sign::Skipped : Sign::Unknown;
}

std::string text_signs(const std::vector<Rung>& rungs, const Paint& paint) {
    std::string text;
    for (const auto& rung : rungs) text += paint.sign(sign_of(rung.mark));
    return text;
}

bool all_good(const std::vector<Rung>& rungs) {
    return std::none_of(rungs.begin(), rungs.end(), [](const Rung& rung) { return rung.mark == Rung::Mark::Bad || rung.mark == Rung::Mark::Unknown; });
}

std::string boot_in_words(const Document& document) {
    return document.safe_mode_reason.empty() ? document.boot_title : document.boot_title + ": " + title_of_boot_step(document.safe_mode_reason);
}

namespace {

/// Rungs of the climb; those behind its end are only counted.
std::string text_rungs(const std::vector<Rung>& ladder, const Paint& paint) {
    std::string text;
    std::size_t skipped = 0;
    for (const auto& rung : ladder) {
        if (rung.mark == Rung::Mark::Skipped)
            ++skipped;
        else
            text += "  " + paint.sign(sign_of(rung.mark)) + paint.paragraph(rung.title + (rung.explain.empty() ? "" : ": " + rung.explain), 6).substr(3);
    }
    if (skipped)
        text +=
            "  " + paint.sign(Sign::Skipped) + paint.paragraph(fmt::format("{} {} not reached", skipped, skipped == 1 ? "step is" : "steps are"), 6).substr(3);
    return text;
}

std::string text_boot(const Document& document, const Paint& paint) {
    const auto count = static_cast<unsigned>(document.boot.size());
    auto text = paint.heading("Start") + "  " + text_signs(document.boot, paint) + paint.paragraph(boot_in_words(document), count + 3).substr(count + 2);
    return document.boot_result == "runs" && all_good(document.boot) ? text : text + text_rungs(document.boot, paint);
}

std::string text_handshake_row(const HandshakeText& row, bool both, const Paint& paint) {
    std::string text = "  " + text_signs(row.ladder, paint) + " ";
    std::string says = row.succeeds ? "succeeds" : fmt::format("ends at {}", row.step);
    if (row.code && !row.succeeds) says += fmt::format(", code {}", *row.code);
    if (row.chance) says += " (by chance)";
    if (!both) says += " " + row.title;
    text += paint.paragraph(says, 13).substr(13);
    if (row.succeeds) return text;
    for (const auto& rung : row.ladder)
        if (rung.mark == Rung::Mark::Bad) text += paint.paragraph("It fails where the device " + rung.title + ".", 13);
    if (!row.led.empty()) text += paint.paragraph("LED: " + row.led + ".", 13);
    if (!row.explain.empty()) text += paint.paragraph(sentence(row.explain), 13);
    return text;
}

bool end_alike(const HandshakeText& a, const HandshakeText& b) {
    return a.step == b.step && a.code == b.code && a.led == b.led && a.explain == b.explain && a.chance == b.chance;
}

std::string text_live(const Document& document, const Paint& paint) {
    if (!document.live) return "";
    const auto& live = *document.live;
    const auto column = static_cast<unsigned>(live.ladder.size()) + 3;
    auto text = "  " + text_signs(live.ladder, paint) + " " + paint.paragraph(live_in_words(live), column).substr(column);
    for (const auto& sentence : {live.seen, live.proves}) text += paint.paragraph(sentence, column);
    return text;
}

std::string text_handshake(const Document& document, const Paint& paint) {
    auto text = paint.heading(handshake_heading(document)) + text_live(document, paint);
    if (!document.handshake_unknown.empty()) return text + paint.paragraph("Not predicted: " + document.handshake_unknown, 2);
    const bool both = document.handshake.size() == 2 && end_alike(document.handshake[0], document.handshake[1]);
    for (std::size_t i = 0; i < (both ? 1 : document.handshake.size()); ++i) text += text_handshake_row(document.handshake[i], both, paint);
    return text;
}

}  // namespace

std::string text_modules(const Document& document, const Paint& paint) {
    std::vector<std::vector<Paint::Cell>> rows;
    for (const auto& module : document.modules) {
        const auto release = module.release.empty()  ? module.remark
                             : module.remark.empty() ? "Device OS " + module.release
                                                     : module.release + "; " + module.remark;
        const bool all_ok = module.checks.find("BAD") == std::string::npos && module.state == State::Good;
        rows.push_back({{module.title},
                        {hex_address(module.at.begin)},
                        {std::string(name_of(module.state)), tone_of(module.state)},
                        {module.version.empty() ? "" : "v" + module.version},
                        {all_ok || module.checks.empty() ? release : (release.empty() ? "" : release + "; ") + module.checks}});
    }
    return rows.empty() ? "" : paint.table(rows, 2);
}

std::string text_fingerprint(const Document& document, const Paint& paint) {
    for (const auto& key : document.keys)
        if (key.role == "device-private-key" && !key.fingerprint.empty())
            return paint.paragraph("Public key of this device, to be compared with the one on record (SHA-256):", 2) + "  " + key.fingerprint + "\n";
    return "";
}

namespace {

std::string text_tables(const Document& document, const Paint& paint) {
    auto text =
        paint.heading("Flash") + flash_map(document, paint, " ") +
        paint.tone(Tone::Faint, paint.paragraph("dct: configuration table (keys and settings), two copies; ee: EEPROM; sys: system firmware (Device OS)", 2)) +
        "\n" + text_modules(document, paint);
    std::vector<std::vector<Paint::Cell>> rows;
    for (const auto& copy : document.dct)
        rows.push_back({{fmt::format("DCT copy {}", copy.copy)},
                        {std::string(name_of(copy.state)), tone_of(copy.state)},
                        {copy.what + (copy.checksum.empty() ? "" : "; checksum " + copy.checksum)}});
    for (const auto& key : document.keys) {
        if (key.state == State::NotChecked && key.at.empty()) continue;
        rows.push_back({{key.title}, {std::string(name_of(key.state)), tone_of(key.state)}, {key_in_words(key)}});
    }
    for (const auto& [name, says] : document.other) rows.push_back({{name}, {""}, {says}});
    return text + (rows.empty() ? "" : "\n" + paint.table(rows, 2)) + text_fingerprint(document, paint);
}

}  // namespace

std::string text_state(const Document& document, const Paint& paint) {
    return text_boot(document, paint) + text_handshake(document, paint) + text_tables(document, paint);
}

}  // namespace photopsy

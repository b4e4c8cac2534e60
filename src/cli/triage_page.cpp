#include "cli/triage_page.h"

#include "base/digest.h"
#include "base/hex.h"
#include "cli/file_system.h"
#include "flash/capture_record.h"
#include "photopsy.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::string_view begins = "<!-- photopsy triage ", ends = " -->\n";
constexpr std::size_t digest_digits = 64;
constexpr std::size_t end_size = begins.size() + 4 * digest_digits + 3 + ends.size();
constexpr std::size_t earlier_end_size = begins.size() + 2 * digest_digits + 12 + ends.size();  // with the size of the .json alone

std::string digest(std::string_view text) { return hex(sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()})); }

/// Pieces of text one behind the other, none of which can be taken for a part of another.
class Pieces {
public:
    void add(std::string_view piece) { text_ += fmt::format("{} {}\n", piece.size(), piece); }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

template <class File>
void add_file(const File& file, Pieces& all) {
    for (const auto* word : {&file.name, &file.container, &file.format}) all.add(*word);
    all.add(std::to_string(file.size));
    all.add(hex(file.sha256));
}

}  // namespace

std::string key_of_dump(const Capture& capture) {
    Pieces all;
    all.add(version);
    add_file(capture, all);
    all.add(capture.external ? "two files" : "one file");
    if (capture.external) add_file(*capture.external, all);
    for (const auto& problem : capture.problems) all.add(problem.detail);
    for (const auto& remark : capture.remarks) all.add(remark);
    all.add(capture.record ? record_text(*capture.record) : "no record");
    return digest(all.text());
}

std::string digest_of_line(std::string_view line) { return digest(line); }

PageEnd end_of_page(const std::string& key, std::string_view line, std::string_view json, std::string_view page) {
    return {key, digest_of_line(line), digest(json), digest(page)};
}

std::string text_of(const PageEnd& end) { return fmt::format("{}{} {} {} {}{}", begins, end.key, end.line, end.json, end.page, ends); }

static std::optional<PageEnd> page_end_in(std::string_view text) {
    if (text.size() != end_size || !text.starts_with(begins) || !text.ends_with(ends)) return {};
    const auto word = [&](std::size_t number) { return std::string(text.substr(begins.size() + number * (digest_digits + 1), digest_digits)); };
    const PageEnd end{word(0), word(1), word(2), word(3)};
    return text_of(end) == text ? std::optional(end) : std::nullopt;
}

std::optional<PageEnd> read_page_end(const std::string& page) {
    const ReadableFile file(page, ReadableFile::Links::Refused);
    if (file.reason() || file.kind() != PlaceKind::File || file.size() < end_size) return {};
    std::string text(end_size, '\0');
    const auto got = file.read_at(file.size() - end_size, {reinterpret_cast<std::uint8_t*>(text.data()), end_size});
    return got == static_cast<std::int64_t>(end_size) ? page_end_in(text) : std::nullopt;
}

/// All of a page or a report beside it; "" where it cannot be read, or is larger than any.
static std::string text_of_file(const std::string& path) {
    static constexpr std::uint64_t largest = std::uint64_t{64} << 20;
    const ReadableFile file(path, ReadableFile::Links::Refused);
    if (file.reason() || file.kind() != PlaceKind::File || file.size() > largest) return "";
    std::string text(static_cast<std::size_t>(file.size()), '\0');
    const auto got = text.empty() ? 0 : file.read_at(0, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return got == static_cast<std::int64_t>(text.size()) ? text : "";
}

bool is_changed_page(const std::string& page, EarlierPages earlier_pages) {
    const auto text = text_of_file(page);
    const auto last = text.rfind(begins);
    if (last == std::string::npos && earlier_pages == EarlierPages::HadNone) return false;
    if (last == std::string::npos) return std::string_view(text).substr(0, text.find_last_not_of(" \r\n") + 1).ends_with("</html>");
    const auto behind = std::string_view(text).substr(last);
    if (const auto end = page_end_in(behind)) return digest(std::string_view(text).substr(0, last)) != end->page;
    const bool earlier = behind.size() == earlier_end_size && behind.ends_with(ends);
    return behind.size() >= end_size || (behind.find('\n') != behind.npos && !earlier);
}

std::string digest_of_file(const std::string& path) {
    const auto text = text_of_file(path);
    return text.empty() ? "" : digest(text);
}

}  // namespace photopsy

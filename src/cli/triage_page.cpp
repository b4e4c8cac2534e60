#include "cli/triage_page.h"

#include "base/digest.h"
#include "base/hex.h"
#include "cli/file_system.h"
#include "flash/capture_record.h"
#include "photopsy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace photopsy {

namespace {

constexpr std::string_view begins = "<!-- photopsy triage ", ends = " -->\n";
constexpr std::size_t digest_digits = 64, number_digits = 10;

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

PageEnd end_of_page(const std::string& key, std::string_view line, std::string_view json) { return {key, digest_of_line(line), json.size()}; }

std::string text_of(const PageEnd& end) { return fmt::format("{}{} {} {:0{}}{}", begins, end.key, end.line, end.json, number_digits, ends); }

std::optional<PageEnd> read_page_end(const std::string& page) {
    static constexpr std::size_t size = begins.size() + digest_digits + 1 + digest_digits + 1 + number_digits + ends.size();
    const ReadableFile file(page, ReadableFile::Links::Refused);
    if (file.reason() || file.kind() != PlaceKind::File || file.size() < size) return {};
    std::string text(size, '\0');
    const auto got = file.read_at(file.size() - size, {reinterpret_cast<std::uint8_t*>(text.data()), size});
    if (got != static_cast<std::int64_t>(size) || !text.starts_with(begins) || !text.ends_with(ends)) return {};
    PageEnd end{text.substr(begins.size(), digest_digits), text.substr(begins.size() + digest_digits + 1, digest_digits), 0};
    const char* number = text.data() + size - ends.size() - number_digits;
    std::from_chars(number, number + number_digits, end.json);
    return text_of(end) == text ? std::optional(end) : std::nullopt;
}

}  // namespace photopsy

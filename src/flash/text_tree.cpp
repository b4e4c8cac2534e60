#include "flash/text_tree.h"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/impl/preprocessor.h>
// toml++ 3.3 asserts on some broken texts ("[[[") that the code behind the assertion refuses correctly, and tells clang to assume the
// assertion holds in release builds. Hostile text must reach that code.
#undef TOML_ASSERT
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT(condition) static_assert(true)
#define TOML_ASSERT_ASSUME(condition) static_assert(true)
#include <toml++/toml.h>

#include <algorithm>

namespace photopsy {

static constexpr std::size_t most_texts = 64;

using Kind = TextNode::Kind;

static constexpr int deepest = 16;
/// Dotted keys nest without a limit in toml++, and the tree is taken down recursively; our own files have some hundred dots in all.
static constexpr std::size_t most_dots = 2000, longest_text = 1u << 20;

static std::string_view name_of_kind(Kind kind) {
    switch (kind) {
        case Kind::Integer:
            return "a whole number";
        case Kind::Boolean:
            return "true or false";
        case Kind::String:
            return "a text in quotes";
        case Kind::List:
            return "a list";
        case Kind::Table:
            return "a table";
    }
    return "";
}

static std::string sentence(std::string_view name, int line, std::string_view key, std::string_view problem) {
    std::string text(name);
    if (line > 0) text += fmt::format(", line {}", line);
    if (!key.empty()) text += fmt::format(", {}", key);
    return fmt::format("{}: {}.", text, problem);
}

/// Copies a value of toml++ into our tree; false where it is of a kind that we do not take.
static bool copy(const toml::node& from, TextNode& to, int depth) {
    to.line = static_cast<int>(from.source().begin.line);
    if (depth > deepest) return false;
    if (const auto* table = from.as_table()) {
        to.kind = Kind::Table;
        for (const auto& [key, value] : *table) {
            to.keys.emplace_back(key.str());
            if (!copy(value, to.items.emplace_back(), depth + 1)) return false;
        }
    } else if (const auto* list = from.as_array()) {
        to.kind = Kind::List;
        for (const auto& value : *list)
            if (!copy(value, to.items.emplace_back(), depth + 1)) return false;
    } else if (const auto* integer = from.as_integer()) {
        to.kind = Kind::Integer;
        to.integer = integer->get();
    } else if (const auto* boolean = from.as_boolean()) {
        to.kind = Kind::Boolean;
        to.boolean = boolean->get();
    } else if (const auto* string = from.as_string()) {
        to.kind = Kind::String;
        to.string = string->get();
    } else {
        return false;
    }
    return true;
}

/// The line of the first node (in reading order of the tree) that copy() refused: the last one copied.
static int last_line(const TextNode& node) { return node.items.empty() ? node.line : last_line(node.items.back()); }

Result<TextNode> parse_text_tree(std::string_view text, std::string_view name_for_errors) {
    if (text.size() > longest_text) return Error{sentence(name_for_errors, 0, "", "this is longer than 1 MiB")};
    if (static_cast<std::size_t>(std::count(text.begin(), text.end(), '.')) > most_dots)
        return Error{sentence(name_for_errors, 0, "", "there are more than 2000 dots in this text")};
    // toml++ 3.3 runs into undefined behaviour when it asks whether, say, U+042F or U+FEFB is white space (is_non_ascii_horizontal_whitespace).
    const auto beyond = std::find_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (beyond != text.end())
        return Error{sentence(name_for_errors, static_cast<int>(std::count(text.begin(), beyond, '\n')) + 1, "",
                              "a character here is not ASCII; these files are written in ASCII")};
    const auto parsed = toml::parse(text);
    if (!parsed) {
        const auto& error = parsed.error();
        std::string says(error.description());  // quotes the text, whatever stands there
        std::replace_if(
            says.begin(), says.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
        return Error{sentence(name_for_errors, static_cast<int>(error.source().begin.line), "", says)};
    }
    TextNode root;
    if (!copy(parsed.table(), root, 0))
        return Error{
            sentence(name_for_errors, last_line(root), "", "a value is nested too deep or of a kind that is not used here (fractions and dates are not)")};
    return root;
}

void TableReader::Problems::add(int line, std::string_view key, std::string_view problem) {
    if (first.empty()) first = sentence(name_for_errors, line, key, problem);
}

TableReader::TableReader(const TextNode& table, std::string path, Problems& problems)
    : table_(table), path_(std::move(path)), problems_(problems), read_(table.keys.size()) {
    if (table.kind != Kind::Table) problems.add(table.line, path_, fmt::format("a table is expected here, not {}", name_of_kind(table.kind)));
}

const TextNode* TableReader::find(std::string_view key, Kind kind, Need need) {
    const auto found = std::find(table_.keys.begin(), table_.keys.end(), key);
    if (found == table_.keys.end()) {
        if (need == Need::Required) refuse(key, "this key is missing");
        return nullptr;
    }
    const auto index = static_cast<std::size_t>(found - table_.keys.begin());
    read_[index] = true;
    const auto& item = table_.items[index];
    if (item.kind == kind) return &item;
    problems_.add(item.line, name_of(key), fmt::format("{} is expected here, not {}", name_of_kind(kind), name_of_kind(item.kind)));
    return nullptr;
}

std::uint64_t TableReader::number(std::string_view key, std::uint64_t most, Need need, std::uint64_t otherwise) {
    const auto* item = find(key, Kind::Integer, need);
    if (!item) return otherwise;
    if (item->integer >= 0 && static_cast<std::uint64_t>(item->integer) <= most) return static_cast<std::uint64_t>(item->integer);
    problems_.add(item->line, name_of(key), fmt::format("{} is out of range: it must lie between 0 and {} (0x{:x})", item->integer, most, most));
    return otherwise;
}

std::string TableReader::text(std::string_view key, Need need) {
    const auto* item = find(key, Kind::String, need);
    return item ? item->string : std::string{};
}

bool TableReader::flag(std::string_view key) { return flag(key, false); }

bool TableReader::flag(std::string_view key, bool otherwise) {
    const auto* item = find(key, Kind::Boolean, Need::Optional);
    return item ? item->boolean : otherwise;
}

const std::vector<TextNode>& TableReader::list(std::string_view key, Need need) {
    static const std::vector<TextNode> none;
    const auto* item = find(key, Kind::List, need);
    return item ? item->items : none;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
    std::vector<std::string> found;
    for (const auto& item : list(key, Need::Optional)) {
        if (item.kind != Kind::String || found.size() >= most_texts) {
            problems_.add(item.line, name_of(key), "a short list of texts is expected here");
            break;
        }
        found.push_back(item.string);
    }
    return found;
}

const TextNode* TableReader::table(std::string_view key, Need need) { return find(key, Kind::Table, need); }

void TableReader::refuse(std::string_view key, std::string_view problem) { problems_.add(table_.line, name_of(key), problem); }

void TableReader::finish() {
    for (std::size_t i = 0; i < read_.size(); ++i)
        if (!read_[i]) problems_.add(table_.items[i].line, name_of(table_.keys[i]), "this key is unknown");
}

}  // namespace photopsy

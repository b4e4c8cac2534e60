#pragma once
// A TOML text as a plain tree that remembers its lines, so that whoever reads it can say where a value stands.
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

struct TextNode {
    enum class Kind { Integer, Boolean, String, List, Table } kind = Kind::Table;
    int line = 0;  ///< counted from 1; 0 where unknown
    std::int64_t integer = 0;
    bool boolean = false;
    std::string string;
    std::vector<std::string> keys;  ///< of a table, sorted; beside `items`
    std::vector<TextNode> items;    ///< of a list or table
};

/// Parses TOML 1.0. Text that is no TOML, nested deeper than 16, or that holds a kind of value no file of ours uses (floats, dates)
/// is refused with one sentence "NAME, line N: ...".
Result<TextNode> parse_text_tree(std::string_view text, std::string_view name_for_errors);

/// Reads one table key by key. The first problem stays; later reads then give defaults. finish() makes an unread key a problem.
class TableReader {
public:
    /// Shared by all readers of one file: the first problem found in it.
    struct Problems {
        std::string name_for_errors, first;
        void add(int line, std::string_view key, std::string_view problem);
        bool none() const { return first.empty(); }
    };
    enum class Need { Required, Optional };

    /// `path` names the table in sentences ("slots[3]"), "" for the whole file. A node that is no table is a problem.
    TableReader(const TextNode& table, std::string path, Problems& problems);

    /// A whole number in [0, most]; `otherwise` where an optional key is absent.
    std::uint64_t number(std::string_view key, std::uint64_t most, Need need = Need::Required, std::uint64_t otherwise = 0);
    std::string text(std::string_view key, Need need = Need::Required);
    bool flag(std::string_view key);  ///< false where absent
    bool flag(std::string_view key, bool otherwise);
    /// The items of a list; none where an optional key is absent.
    const std::vector<TextNode>& list(std::string_view key, Need need = Need::Required);
    /// The texts of an optional list; none where it is absent.
    std::vector<std::string> texts(std::string_view key);
    /// The table under `key`, or nullptr.
    const TextNode* table(std::string_view key, Need need = Need::Required);
    void refuse(std::string_view key, std::string_view problem);  ///< a problem of this table
    void finish();

    std::string name_of(std::string_view key) const { return path_.empty() ? std::string(key) : path_ + "." + std::string(key); }
    std::string name_of(std::string_view key, std::size_t index) const { return name_of(key) + "[" + std::to_string(index) + "]"; }
    Problems& problems() { return problems_; }

private:
    const TextNode* find(std::string_view key, TextNode::Kind kind, Need need);

    const TextNode& table_;
    std::string path_;
    Problems& problems_;
    std::vector<bool> read_;
};

}  // namespace photopsy

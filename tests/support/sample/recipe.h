#pragma once
// What a sample is made of: a device's life, what then happened to its flash, and how it was copied into a file. Text format: docs/samples.md.
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace photopsy::sample {

using Value = std::variant<std::int64_t, bool, std::string, std::vector<std::int64_t>>;

/// One line of a life: an act and its particulars ("write", field = "claim_code", text = "...").
class Order {
public:
    Order(std::string act, std::int64_t line) : act_(std::move(act)), line_(line) {}
    void give(std::string key, Value value) { values_.emplace_back(std::move(key), std::move(value)); }

    const std::string& act() const { return act_; }
    std::int64_t line() const { return line_; }
    bool has(std::string_view key) const { return find(key) != nullptr; }
    /// Wrong type, out of [low, high], or absent without a fallback: complaint() names it, the result is `low` or "".
    std::int64_t number(std::string_view key, std::int64_t low, std::int64_t high, std::optional<std::int64_t> fallback = {}) const;
    std::string text(std::string_view key, std::optional<std::string> fallback = {}) const;
    bool flag(std::string_view key) const;
    std::vector<std::int64_t> numbers(std::string_view key, std::int64_t low, std::int64_t high) const;
    const std::vector<std::pair<std::string, Value>>& values() const { return values_; }

    /// The first thing that was wrong with it, as a sentence without the line; "" if nothing.
    const std::string& complaint() const { return complaint_; }
    void complain(std::string sentence) const;

private:
    const Value* find(std::string_view key) const;

    std::string act_;
    std::int64_t line_;
    std::vector<std::pair<std::string, Value>> values_;
    mutable std::string complaint_;
};

/// What must come out, stated by hand and checked apart from the golden reports.
struct Expectation {
    std::string outcome;
    std::vector<std::string> causes;       ///< exactly these
    std::vector<std::uint32_t> addresses;  ///< a finding covers each
    std::optional<int> exit_status;
};

struct Recipe {
    std::string name_for_errors;
    std::string title;      ///< one line
    std::string device;     ///< layout name
    std::string file_name;  ///< "dump.bin"
    std::uint64_t seed = 0;
    std::int64_t registered_key = 0;  ///< number of the device key that the cloud has on record, where the owner tells; 0: nobody tells
    std::string chip_id;              ///< what the chip said of itself over USB when it was captured; "": the file was taken by other means
    std::vector<Order> life, damage, file;
    Expectation expect;
};

/// Parses the text of a recipe. Unknown keys and acts, wrong types, numbers out of range and more than 1000 orders are refused with one
/// sentence that names the file and the line. `name_for_errors` is what the sentence calls the file.
Result<Recipe> parse_recipe(std::string_view text, std::string_view name_for_errors);

}  // namespace photopsy::sample

#include "support/sample/recipe.h"

#include "support/sample/acts.h"

#include <fmt/format.h>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace photopsy::sample {

namespace {

class Parser {
public:
    Parser(std::string_view text, std::string_view name) : name_(name) { recipe_.name_for_errors = name; read(text); }
    Result<Recipe> result() {
        if (!error_.empty()) return Error{error_};
        return std::move(recipe_);
    }

private:
    void fail(const toml::node& node, std::string sentence) { fail(node.source().begin.line, std::move(sentence)); }
    void fail(std::int64_t line, std::string sentence) {
        if (error_.empty()) error_ = fmt::format("{}, line {}: {}.", name_, line, sentence);
    }

    void read(std::string_view text) {
        const auto parsed = toml::parse(text);
        if (!parsed) return fail(parsed.error().source().begin.line, fmt::format("not TOML: {}", parsed.error().description()));
        for (const auto& [key, node] : parsed.table()) top(key.str(), node);
        if (error_.empty() && recipe_.title.empty()) fail(1, "`title` is missing");
        if (error_.empty() && recipe_.device.empty()) fail(1, "`device` is missing");
    }

    void top(std::string_view key, const toml::node& node) {
        if (key == "title") text(node, key, recipe_.title);
        else if (key == "device") text(node, key, recipe_.device);
        else if (key == "file_name") text(node, key, recipe_.file_name);
        else if (key == "story") { std::string story; text(node, key, story); }
        else if (key == "seed") recipe_.seed = static_cast<std::uint64_t>(node.value<std::int64_t>().value_or(0));
        else if (key == "life") chapter(node, key, recipe_.life);
        else if (key == "damage") chapter(node, key, recipe_.damage);
        else if (key == "file") chapter(node, key, recipe_.file);
        else if (key == "expect") expect(node);
        else fail(node, fmt::format("a recipe has no `{}`", key));
    }

    void text(const toml::node& node, std::string_view key, std::string& to) {
        if (const auto value = node.value<std::string>()) to = *value;
        else fail(node, fmt::format("`{}` must be text in quotes", key));
    }

    void chapter(const toml::node& node, std::string_view name, std::vector<Order>& to) {
        const auto* list = node.as_array();
        if (!list) return fail(node, fmt::format("`{0}` must be a list of acts: [[{0}]]", name));
        if (list->size() > 1000) return fail(node, "more than 1000 acts");
        for (const auto& item : *list) {
            const auto* table = item.as_table();
            const auto act = table ? (*table)["act"].value<std::string>() : std::nullopt;
            if (!act) return fail(item, fmt::format("an entry of `{}` needs `act`", name));
            const auto* known = find_act(name, *act);
            if (!known) return fail(item, fmt::format("there is no act `{}` in `{}`", *act, name));
            to.push_back(order(*table, *known));
        }
    }

    Order order(const toml::table& table, const Act& act) {
        Order result(std::string(act.name), table.source().begin.line);
        for (const auto& [key, node] : table) {
            if (key.str() == "act") continue;
            if (act.keys.find(fmt::format(" {} ", key.str())) == act.keys.npos) fail(node, fmt::format("`{}` takes no `{}`", act.name, key.str()));
            else if (const auto value = read_value(node)) result.give(std::string(key.str()), *value);
            else fail(node, fmt::format("`{}` must be a number, true or false, text, or a list of numbers", key.str()));
        }
        return result;
    }

    static std::optional<Value> read_value(const toml::node& node) {
        if (const auto* number = node.as_integer()) return Value(number->get());
        if (const auto* flag = node.as_boolean()) return Value(flag->get());
        if (const auto* text = node.as_string()) return Value(text->get());
        const auto* list = node.as_array();
        if (!list || list->size() > 4096) return {};
        std::vector<std::int64_t> numbers;
        for (const auto& item : *list) {
            if (!item.is_integer()) return {};
            numbers.push_back(item.as_integer()->get());
        }
        return Value(std::move(numbers));
    }

    void expect(const toml::node& node) {
        const auto* table = node.as_table();
        if (!table) return fail(node, "`expect` must be a table");
        for (const auto& [key, item] : *table) {
            if (key.str() == "outcome") text(item, key.str(), recipe_.expect.outcome);
            else if (key.str() == "exit_status" && item.is_integer()) recipe_.expect.exit_status = static_cast<int>(item.as_integer()->get() & 0xFF);
            else if (key.str() == "causes" && item.is_array()) causes(*item.as_array());
            else if (key.str() == "addresses" && item.is_array()) addresses(*item.as_array());
            else fail(item, fmt::format("`expect` cannot hold `{}` of this type", key.str()));
        }
    }
    void causes(const toml::array& list) {
        for (const auto& item : list) text(item, "causes", recipe_.expect.causes.emplace_back());
    }
    void addresses(const toml::array& list) {
        for (const auto& item : list) {
            const auto number = item.value<std::int64_t>();
            if (!number || *number < 0 || *number > 0xFFFFFFFF) return fail(item, "`addresses` must be flash addresses");
            recipe_.expect.addresses.push_back(static_cast<std::uint32_t>(*number));
        }
    }

    std::string name_, error_;
    Recipe recipe_;
};

}  // namespace

Result<Recipe> parse_recipe(std::string_view text, std::string_view name_for_errors) { return Parser(text, name_for_errors).result(); }

}  // namespace photopsy::sample

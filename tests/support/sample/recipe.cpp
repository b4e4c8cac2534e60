#include "support/sample/recipe.h"

#include "flash/text_tree.h"
#include "support/sample/acts.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::sample {

namespace {

using Kind = TextNode::Kind;

class Parser {
public:
    explicit Parser(std::string_view name) { recipe_.name_for_errors = name; }

    Result<Recipe> parse(std::string_view text) {
        const auto tree = parse_text_tree(text, recipe_.name_for_errors);
        if (!tree) return tree.error();
        for (std::size_t i = 0; i < tree->keys.size(); ++i) top(tree->keys[i], tree->items[i]);
        if (recipe_.title.empty()) fail(1, "`title` is missing");
        if (recipe_.device.empty()) fail(1, "`device` is missing");
        if (!error_.empty()) return Error{error_};
        return std::move(recipe_);
    }

private:
    void fail(int line, std::string sentence) {
        if (error_.empty()) error_ = fmt::format("{}, line {}: {}.", recipe_.name_for_errors, line, sentence);
    }

    void top(std::string_view key, const TextNode& node) {
        std::string story;
        if (key == "title")
            text(node, key, recipe_.title);
        else if (key == "device")
            text(node, key, recipe_.device);
        else if (key == "file_name")
            text(node, key, recipe_.file_name);
        else if (key == "story")
            text(node, key, story);
        else if (key == "seed" && node.kind == Kind::Integer)
            recipe_.seed = static_cast<std::uint64_t>(node.integer);
        else if (key == "registered_key" && node.kind == Kind::Integer)
            recipe_.registered_key = node.integer;
        else if (key == "chip_id")
            text(node, key, recipe_.chip_id);
        else if (key == "life")
            chapter(node, key, recipe_.life);
        else if (key == "damage")
            chapter(node, key, recipe_.damage);
        else if (key == "file")
            chapter(node, key, recipe_.file);
        else if (key == "expect" && node.kind == Kind::Table)
            expect(node);
        else
            fail(node.line, fmt::format("a recipe has no `{}` of this kind", key));
    }

    void text(const TextNode& node, std::string_view key, std::string& to) {
        if (node.kind == Kind::String)
            to = node.string;
        else
            fail(node.line, fmt::format("`{}` must be text in quotes", key));
    }

    void chapter(const TextNode& node, std::string_view name, std::vector<Order>& to) {
        if (node.kind != Kind::List) return fail(node.line, fmt::format("`{0}` must be a list of acts: [[{0}]]", name));
        if (node.items.size() > 1000) return fail(node.line, "more than 1000 acts");
        for (const auto& item : node.items) {
            const auto place = std::find(item.keys.begin(), item.keys.end(), "act");
            const auto* act = place == item.keys.end() ? nullptr : &item.items[static_cast<std::size_t>(place - item.keys.begin())];
            if (!act || act->kind != Kind::String) return fail(item.line, fmt::format("an entry of `{}` needs `act`", name));
            const auto* known = find_act(name, act->string);
            if (!known) return fail(item.line, fmt::format("there is no act `{}` in `{}`", act->string, name));
            to.push_back(order(item, *known));
        }
    }

    Order order(const TextNode& table, const Act& act) {
        Order result(std::string(act.name), table.line);
        for (std::size_t i = 0; i < table.keys.size(); ++i) {
            const auto& key = table.keys[i];
            if (key == "act") continue;
            const auto value = read_value(table.items[i]);
            if (key.empty() || act.keys.find(fmt::format(" {} ", key)) == act.keys.npos)
                fail(table.items[i].line, fmt::format("`{}` takes no `{}`", act.name, key));
            else if (value)
                result.give(key, *value);
            else
                fail(table.items[i].line, fmt::format("`{}` must be a number, true or false, text, or a list of numbers", key));
        }
        return result;
    }

    static std::optional<Value> read_value(const TextNode& node) {
        if (node.kind == Kind::Integer) return Value(node.integer);
        if (node.kind == Kind::Boolean) return Value(node.boolean);
        if (node.kind == Kind::String) return Value(node.string);
        if (node.kind != Kind::List || node.items.size() > 4096) return {};
        std::vector<std::int64_t> numbers;
        for (const auto& item : node.items) {
            if (item.kind != Kind::Integer) return {};
            numbers.push_back(item.integer);
        }
        return Value(std::move(numbers));
    }

    void expect(const TextNode& table) {
        for (std::size_t i = 0; i < table.keys.size(); ++i) {
            const auto& key = table.keys[i];
            const auto& item = table.items[i];
            if (key == "outcome")
                text(item, key, recipe_.expect.outcome);
            else if (key == "exit_status" && item.kind == Kind::Integer)
                recipe_.expect.exit_status = static_cast<int>(item.integer & 0xFF);
            else if (key == "causes" && item.kind == Kind::List)
                causes(item);
            else if (key == "addresses" && item.kind == Kind::List)
                addresses(item);
            else
                fail(item.line, fmt::format("`expect` cannot hold `{}` of this kind", key));
        }
    }
    void causes(const TextNode& list) {
        for (const auto& item : list.items) text(item, "causes", recipe_.expect.causes.emplace_back());
    }
    void addresses(const TextNode& list) {
        for (const auto& item : list.items) {
            if (item.kind != Kind::Integer || item.integer < 0 || item.integer > 0xFFFFFFFF) return fail(item.line, "`addresses` must be flash addresses");
            recipe_.expect.addresses.push_back(static_cast<std::uint32_t>(item.integer));
        }
    }

    std::string error_;
    Recipe recipe_;
};

}  // namespace

Result<Recipe> parse_recipe(std::string_view text, std::string_view name_for_errors) { return Parser(name_for_errors).parse(text); }

}  // namespace photopsy::sample

#include "support/sample/recipe.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::sample {

const Value* Order::find(std::string_view key) const {
    const auto place = std::find_if(values_.begin(), values_.end(), [&](const auto& pair) { return pair.first == key; });
    return place == values_.end() ? nullptr : &place->second;
}

void Order::complain(std::string sentence) const {
    if (complaint_.empty()) complaint_ = std::move(sentence);
}

std::int64_t Order::number(std::string_view key, std::int64_t low, std::int64_t high, std::optional<std::int64_t> fallback) const {
    const auto* value = find(key);
    if (!value && fallback) return *fallback;
    const auto* number = value ? std::get_if<std::int64_t>(value) : nullptr;
    if (number && *number >= low && *number <= high) return *number;
    if (!value)
        complain(fmt::format("`{}` needs `{}`", act_, key));
    else if (!number)
        complain(fmt::format("`{}` of `{}` must be a number", key, act_));
    else
        complain(fmt::format("`{}` of `{}` is {}, which is not between {} and {}", key, act_, *number, low, high));
    return low;
}

std::string Order::text(std::string_view key, std::optional<std::string> fallback) const {
    const auto* value = find(key);
    if (!value && fallback) return *fallback;
    if (const auto* text = value ? std::get_if<std::string>(value) : nullptr) return *text;
    complain(value ? fmt::format("`{}` of `{}` must be text in quotes", key, act_) : fmt::format("`{}` needs `{}`", act_, key));
    return {};
}

bool Order::flag(std::string_view key) const {
    const auto* value = find(key);
    if (!value) return false;
    if (const auto* flag = std::get_if<bool>(value)) return *flag;
    complain(fmt::format("`{}` of `{}` must be true or false", key, act_));
    return false;
}

std::vector<std::int64_t> Order::numbers(std::string_view key, std::int64_t low, std::int64_t high) const {
    const auto* value = find(key);
    if (!value) return {};
    const auto* list = std::get_if<std::vector<std::int64_t>>(value);
    const bool good = list && std::all_of(list->begin(), list->end(), [&](std::int64_t number) { return number >= low && number <= high; });
    if (good) return *list;
    complain(fmt::format("`{}` of `{}` must be a list of numbers between {} and {}", key, act_, low, high));
    return {};
}

}  // namespace photopsy::sample

#pragma once
// The command line as values: what commands there are, what options they take and where these go. The parser, the manual page and the completions
// read the same definitions, so they cannot disagree.
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace photopsy {

/// Where the value of an option goes; a vector takes several. What is no number where a number is asked for is one sentence from the parser.
using OptionTarget = std::variant<std::string*, std::vector<std::string>*, int*, unsigned*, std::size_t*, bool*, std::optional<bool>*>;

class OptionDefinition {
public:
    OptionDefinition(std::string_view spelled, OptionTarget into, std::string_view what) : names(spelled), says(what), target(into) {}

    OptionDefinition& required() { return is_required = true, *this; }
    /// What stands for the value in the help text, like FILE.
    OptionDefinition& type_name(std::string_view word) { return argument = word, *this; }
    /// The heading of the help text that it stands under.
    OptionDefinition& group(std::string_view heading) { return under = heading, *this; }
    /// Numbers from `least` to `most` only.
    OptionDefinition& range(unsigned least, unsigned most) { return limits = std::pair(least, most), *this; }
    /// A vector's option that takes one value each time it is given.
    OptionDefinition& one_at_a_time() { return single = true, *this; }
    /// May stand without a value, which then is `word`.
    OptionDefinition& value_if_alone(std::string_view word) { return alone = word, *this; }
    /// The few words that it takes, for the completions; a function where making the list costs something.
    OptionDefinition& choices(std::vector<std::string> words) {
        return choose_from = [words = std::move(words)] { return words; }, *this;
    }
    OptionDefinition& choices(std::vector<std::string> (*words)()) { return choose_from = words, *this; }
    /// Means something beside that option alone, which is given by its long name; without it, it is refused.
    OptionDefinition& only_with(std::string_view other) { return needs = other, *this; }
    /// An old name, still understood and no longer told of.
    OptionDefinition& deprecated() { return told = Told::No, *this; }
    /// Told of as a flag; a value is still understood as it was before.
    OptionDefinition& told_as_flag() { return told = Told::AsFlag, *this; }
    OptionDefinition& description(std::string_view text) { return says = text, *this; }

    bool positional() const { return names.front() != '-'; }
    bool takes_value() const { return !std::holds_alternative<bool*>(target) && !std::holds_alternative<std::optional<bool>*>(target); }
    bool repeats() const { return std::holds_alternative<std::vector<std::string>*>(target); }

    std::string names;  ///< "-o,--output"; "--analyze,!--no-analyze" for both ways of a flag; "FILE" for a word by its place
    std::string says, argument, under, needs;
    OptionTarget target;
    std::optional<std::pair<unsigned, unsigned>> limits;
    std::optional<std::string> alone;
    std::function<std::vector<std::string>()> choose_from;
    bool is_required = false, single = false;
    enum class Told { Yes, AsFlag, No } told = Told::Yes;  ///< in help, manual page and completions
};

class CommandDefinition {
public:
    CommandDefinition(std::string_view called, std::string_view what) : name(called), says(what) {}

    CommandDefinition& add_subcommand(std::string_view called, std::string_view what) { return subcommands.emplace_back(called, what); }
    OptionDefinition& add_option(std::string_view names, OptionTarget target, std::string_view what) { return options.emplace_back(names, target, what); }
    OptionDefinition& add_flag(std::string_view names, OptionTarget target, std::string_view what) { return options.emplace_back(names, target, what); }
    /// The option that was added under these very names; it must be there.
    OptionDefinition& option(std::string_view names);

    std::string name, says;
    std::string footer;         ///< examples, exit status
    std::function<void()> run;  ///< none where a subcommand must follow
    std::list<OptionDefinition> options;
    std::list<CommandDefinition> subcommands;
};

}  // namespace photopsy

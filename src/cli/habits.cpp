#include "cli/habits.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace photopsy {

std::string_view habit(std::string_view word) {
    static constexpr std::pair<std::string_view, std::string_view> meant[] = {
        {"recover", "photopsy keys recover DUMP"},
        {"recover-key", "photopsy keys recover DUMP"},
        {"check", "photopsy keys check DUMP"},
        {"verify", "photopsy keys check DUMP"},
        {"show", "photopsy keys show DUMP"},
        {"export", "photopsy keys export DUMP"},
        {"extract", "photopsy keys export DUMP"},
        {"doctor", "photopsy DUMP"},
        {"diagnose", "photopsy DUMP"},
        {"inspect", "photopsy DUMP"},
        {"dump", "photopsy capture"},
        {"read", "photopsy capture"},
        {"save", "photopsy capture"},
        {"list", "photopsy devices"},
        {"ls", "photopsy devices"},
        {"compare", "photopsy diff BEFORE AFTER"},
        {"cmp", "photopsy diff BEFORE AFTER"},
        {"disassemble", "photopsy disasm DUMP WHERE"},
        {"anonymize", "photopsy redact DUMP"},
        {"bundle", "photopsy report DUMP -o ticket.zip"},
        {"version", "photopsy --version"},
        {"completion", "photopsy completions SHELL"},
        {"rules", "photopsy explain --all"},
        {"--json", "--format json"},
        {"--markdown", "--format markdown"},
        {"--md", "--format markdown"},
        {"--html", "--format html"},
        {"--csv", "--format csv"},
        {"--junit", "--format junit"},
        {"--text", "--format text"},
        {"--output-format", "--format NAME"},
        {"-f", "--format NAME"},
        {"--no-color", "--color never"},
        {"--no-colour", "--color never"},
        {"--nocolor", "--color never"},
        {"--colour", "--color WHEN"},
        {"--verbose", "--full"},
        {"-v", "--full"},
        {"--silent", "--quiet"},
        {"-s", "--quiet"},
        {"--out", "--output FILE"},
        {"--overwrite", "--force"},
        {"-y", "--yes"},
        {"-?", "--help"},
    };
    const auto* found = std::find_if(std::begin(meant), std::end(meant), [&](const auto& row) { return row.first == word; });
    return found == std::end(meant) ? "" : found->second;
}

}  // namespace photopsy

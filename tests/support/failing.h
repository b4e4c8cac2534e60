#pragma once
// What every analysis owes to an owner whose device will not connect.
#include "photopsy.h"

#include <algorithm>
#include <array>

namespace photopsy::test {

/// A cause stands there that accounts for a problem of keys, server or table (or the file is worthless), and it says more to do than to keep the dump.
inline bool tells_why_the_handshake_fails(const Analysis& analysis) {
    const auto& causes = analysis.diagnosis.causes;
    return std::any_of(causes.begin(), causes.end(), [&](const NamedCause& named) {
        const auto place = static_cast<std::size_t>(&named - causes.data());
        constexpr std::array<std::string_view, 8> subjects = {"private-key-", "public-key-", "server-", "cloud-", "dct-", "static-", "transport-", "capture-"};
        const bool of_subject = std::any_of(subjects.begin(), subjects.end(), [&](auto prefix) { return named.cause->id.starts_with(prefix); });
        const bool grave =
            std::any_of(named.findings.begin(), named.findings.end(), [&](auto index) { return analysis.findings.all()[index].severity >= Severity::Problem; });
        return of_subject && grave && analysis.remedies.at(place).size() > 1;
    });
}

}  // namespace photopsy::test

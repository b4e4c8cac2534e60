#include "report/discretion.h"

#include "handshake/server_address.h"
#include "report/plain_text.h"

#include <algorithm>
#include <functional>

namespace photopsy {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); }

constexpr std::string_view host_left_out = "(private server)";

/// No server's, so that nothing is given away: what is left where an address was wiped out.
bool is_nobodys(std::string_view host) { return host == "0.0.0.0" || host == "255.255.255.255"; }

/// Replaces what is wanted in whatever case it is written (an id may stand in a file's name in capitals) where `is_meant` says so of a place.
std::string replaced_where(std::string text, std::string_view wanted, std::string_view instead,
                           const std::function<bool(const std::string& text, std::size_t at)>& is_meant) {
    const auto alike = [](char a, char b) { return lower(a) == lower(b); };
    for (std::size_t at = 0; at < text.size();) {
        const auto hit = std::search(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), wanted.begin(), wanted.end(), alike);
        if (hit == text.end()) break;
        at = static_cast<std::size_t>(hit - text.begin());
        const bool meant = is_meant(text, at);
        if (meant) text.replace(at, wanted.size(), instead);
        at += meant ? instead.size() : 1;
    }
    return text;
}

std::string replaced(std::string text, std::string_view wanted, std::string_view instead) {
    return replaced_where(std::move(text), wanted, instead, [](const std::string&, std::size_t) { return true; });
}

/// Only where it is no part of a longer word or number: "1.2.3.4" is none of "11.2.3.45".
std::string replaced_word(std::string text, std::string_view wanted, std::string_view instead) {
    const auto in_word = [](char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z'); };
    return replaced_where(std::move(text), wanted, instead, [&](const std::string& whole, std::size_t at) {
        const auto end = at + wanted.size();
        return (at == 0 || !in_word(whole[at - 1])) && (end >= whole.size() || !in_word(whole[end]));
    });
}

std::string shortened(std::string_view whole) { return std::string(whole.substr(0, 4)) + "..." + std::string(whole.substr(whole.size() - 4)); }

/// Whatever looks like the id of some device: 24 hexadecimal digits, neither more nor fewer. Each such run has a digit at every 24th place behind what stands
/// before it, so that most of a text is passed over.
std::string without_ids(std::string said) {
    static constexpr std::size_t digits = 24;
    const std::string_view text = said;
    std::string result;
    std::size_t copied = 0;
    for (std::size_t at = 0; at + digits <= text.size();) {  // no digit stands right before `at`
        auto begin = at + digits, end = begin;
        while (begin > at && is_hex_digit(text[begin - 1])) --begin;
        if (begin != end)
            while (end < text.size() && is_hex_digit(text[end])) ++end;
        if (end - begin == digits) {
            result.append(text.substr(copied, begin - copied)).append(shortened(text.substr(begin, digits)));
            copied = end;
        }
        at = begin == end ? end : end + 1;
    }
    if (copied == 0) return said;
    return result.append(text.substr(copied));
}

}  // namespace

std::string Discretion::shown_id(std::string_view id) const {
    const auto whole = without_control_characters(id);
    return shortens_all_ids_ && whole.size() > 8 ? shortened(whole) : whole;
}

Discretion::Discretion(const Analysis& analysis, const ReportStyle& style)
    : separators_(path_separators(style.commands.shell)), shortens_all_ids_(!style.show_ids) {
    if (analysis.layout) placeholder_ = analysis.layout->usb.placeholder_serial;
    if (const auto& id = analysis.facts.own_id()) {
        shortens_id_ = shortens_all_ids_ && without_control_characters(*id).size() > 8;
        device_id_ = shown_id(*id);
    }
    for (const auto& id : {analysis.facts.device_id, analysis.facts.chip_id})
        if (const auto whole = id ? without_control_characters(*id) : std::string(); shown_id(whole) != whole) replaced_.emplace_back(whole, shown_id(whole));
    id_in_commands_ = device_id_.empty() || shortens_id_ ? std::string(your_device_id) : device_id_;

    const auto& address = analysis.keys.address;
    const bool has_host =
        address.kind == ServerAddress::Kind::Domain || address.kind == ServerAddress::Kind::Ip || address.kind == ServerAddress::Kind::Invalid;
    const auto host = without_control_characters(address.host);
    if (!has_host || host.empty()) return;
    hides_host_ = !address.particle && !style.show_ids && !is_nobodys(host);
    host_ = hides_host_ ? "a private server (name left out)" : host;
    host_in_texts_ = hides_host_ ? host_left_out : host;
    if (hides_host_ && host.find('.') != std::string::npos) hidden_host_ = host;
}

std::string Discretion::shown(std::string_view said, std::string_view instead_of_host) const {
    auto clean = without_control_characters(said);
    for (const auto& [wanted, instead] : replaced_) clean = replaced(std::move(clean), wanted, instead);
    if (!hidden_host_.empty()) clean = replaced_word(std::move(clean), hidden_host_, instead_of_host);
    return shortens_all_ids_ ? without_ids(std::move(clean)) : clean;
}

std::string Discretion::text(std::string_view said) const { return shown(replaced(std::string(said), server_host_mark, host_in_texts_), host_left_out); }

std::string Discretion::command(std::string_view line) const {
    return shown(replaced(std::string(line), "{device-id}", id_in_commands_), "PRIVATE_SERVER");  // of letters that no shell reads as its own
}

std::string Discretion::file_name(std::string_view path) const { return text(path.substr(path.find_last_of(separators_) + 1)); }

std::string Discretion::foreign_text(std::string_view said) const {
    static constexpr std::size_t longest = 80;
    std::string result;
    auto rest = text(said);
    while (!rest.empty() && result.size() < longest) {
        const auto word = rest.substr(0, rest.find(' '));
        const bool path_or_address = word.find_first_of("/\\@") != std::string::npos;
        result += (result.empty() ? "" : " ") + (path_or_address ? "(left out)" : word);
        rest.erase(0, word.size() + 1);
    }
    return result;
}

std::string Discretion::serial(std::string_view told) const {
    const auto whole = without_control_characters(told);
    const bool is_placeholder = whole.size() == placeholder_.size() && replaced(whole, placeholder_, "").empty();
    if (!shortens_all_ids_ || is_placeholder || whole.empty()) return whole;
    static constexpr std::size_t long_enough = 12;  // of a shorter one, eight digits would be nearly all
    return whole.size() >= long_enough ? shortened(foreign_text(whole)) : "(left out)";
}

}  // namespace photopsy

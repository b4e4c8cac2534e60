#include "report/discretion.h"

#include "report/plain_text.h"

namespace photopsy {

static std::string replaced(std::string text, std::string_view wanted, std::string_view instead) {
    for (std::size_t at = 0; (at = text.find(wanted, at)) != std::string::npos; at += instead.size()) text.replace(at, wanted.size(), instead);
    return text;
}

std::string Discretion::shown_id(std::string_view id) const {
    const auto whole = without_control_characters(id);
    return shortens_all_ids_ && whole.size() > 8 ? whole.substr(0, 4) + "..." + whole.substr(whole.size() - 4) : whole;
}

Discretion::Discretion(const Analysis& analysis, const ReportStyle& style) : shortens_all_ids_(!style.show_ids && !style.owner_reads) {
    if (const auto& id = analysis.facts.device_id) {
        const auto whole = without_control_characters(*id);
        shortens_id_ = shortens_all_ids_ && whole.size() > 8;
        device_id_ = shown_id(whole);
        if (shortens_id_) replaced_.emplace_back(whole, device_id_);
    }
    words_for_id_ = device_id_.empty() ? "<id of this device: 24 hex digits>" : shortens_id_ ? "<id of this device, " + device_id_ + ">" : device_id_;

    const auto& address = analysis.keys.address;
    const bool has_host = address.kind == ServerAddress::Kind::Domain || address.kind == ServerAddress::Kind::Ip || address.kind == ServerAddress::Kind::Invalid;
    const auto host = without_control_characters(address.host);
    if (!has_host || host.empty()) return;
    hides_host_ = !address.particle && !style.show_ids;
    host_ = hides_host_ ? "a private server (name left out)" : host;
    static constexpr std::size_t shortest_name = 4;  // a shorter one is no name: replacing it would tear words apart
    if (hides_host_ && host.size() >= shortest_name) replaced_.emplace_back(host, "(private server)");
}

std::string Discretion::text(std::string_view said) const {
    auto clean = replaced(without_control_characters(said), "{device-id}", words_for_id_);
    for (const auto& [wanted, instead] : replaced_) clean = replaced(std::move(clean), wanted, instead);
    return clean;
}

}  // namespace photopsy
